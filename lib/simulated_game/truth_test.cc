#include "lib/simulated_game/truth.h"

#include <gtest/gtest.h>

namespace gm::simulated_game {
namespace {

int64_t at(std::string_view text) { return *parse_iso8601_ms(text); }
Date day(std::string_view text) { return *Date::parse(text); }

// Three players in Berlin (UTC+1 in November), worked out by hand.
TEST(Truth, counts_a_small_game_as_a_person_would) {
  Truth truth(*TimeZone::find("Europe/Berlin"), day("2026-11-01"), day("2026-11-09"));
  truth.add_player({{at("2026-11-01T22:59:00Z"), "a", "start", 0},     // 23:59 in Berlin
                    {at("2026-11-01T23:01:00Z"), "a", "buy", 990000},  // 00:01 on the 2nd
                    {at("2026-11-09T10:00:00Z"), "b", "start", 0}});
  truth.add_player({{at("2026-11-02T10:00:00Z"), "", "start", 0},
                    {at("2026-11-02T10:30:00Z"), "", "start", 0},    // exactly 30 minutes: the same session
                    {at("2026-11-02T11:00:01Z"), "", "start", 0}});  // a second more: the next
  truth.add_player({});

  const TruthDay& first = truth.days().at(day("2026-11-01"));
  EXPECT_EQ(first, (TruthDay{1, 1, 1, 1, 120'000, 0, 0, 1, 1}));
  const TruthDay& second = truth.days().at(day("2026-11-02"));
  EXPECT_EQ(second, (TruthDay{2, 1, 4, 2, 1'800'000, 990'000, 1, 2, 2}));
  EXPECT_EQ(truth.days().at(day("2026-11-08")).players_7, 2);
  const TruthDay& last = truth.days().at(day("2026-11-09"));
  EXPECT_EQ(last.players_7, 1);
  EXPECT_EQ(last.players_30, 2);
  EXPECT_EQ(truth.retention().at(day("2026-11-01")), (std::map<int, int64_t>{{0, 1}, {1, 1}, {8, 1}}));
  EXPECT_EQ(truth.event_counts().at("start"), 5);
  EXPECT_EQ(truth.players(), 2);
  EXPECT_EQ(truth.events(), 6);
}

TEST(Truth, sessions_are_what_the_game_says_of_them) {
  Truth truth(TimeZone::utc(), day("2026-11-02"), day("2026-11-05"));
  truth.add_player({{at("2026-11-02T10:00:00Z"), "", "first_open", 0},
                    {at("2026-11-02T10:00:05Z"), "", "session_start", 0},        // five seconds later: the same session
                    {at("2026-11-02T10:10:00Z"), "", "session_end", 0, 61'000},  // which lasted 61 seconds
                    {at("2026-11-02T10:20:00Z"), "", "late", 0},                 // behind its end: the next
                    {at("2026-11-02T10:21:00Z"), "", "session_start", 0}});      // and the third
  truth.add_player({{at("2026-11-03T10:00:00Z"), "a", "session_start", 0},
                    {at("2026-11-03T11:00:00Z"), "a", "session_end", 0, 5'000},  // one session: it has a name
                    {at("2026-11-03T12:00:00Z"), "a", "session_start", 0},
                    {at("2026-11-04T10:00:00Z"), "b", "session_end", 0, 90'000'000}});  // no more than a day
  EXPECT_EQ(truth.days().at(day("2026-11-02")).sessions, 3);
  EXPECT_EQ(truth.days().at(day("2026-11-02")).session_ms, 61'000);
  EXPECT_EQ(truth.days().at(day("2026-11-03")).sessions, 1);
  EXPECT_EQ(truth.days().at(day("2026-11-03")).session_ms, 5'000);
  EXPECT_EQ(truth.days().at(day("2026-11-04")).session_ms, 86'400'000);
}

}  // namespace
}  // namespace gm::simulated_game
