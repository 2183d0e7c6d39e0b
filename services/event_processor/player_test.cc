#include "services/event_processor/player.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <string>

#include "lib/base/clock.h"

#include "services/event_processor/player_cache.h"

namespace gm::event_processor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Date kDay{20'000};
constexpr int64_t kMidnight = int64_t{20'000} * kMsPerDay;
constexpr SessionRules kRules{30 * kMsPerMinute, kMsPerDay, SIZE_MAX, 5 * kMsPerSecond, kMsPerDay};

class PlayerTest : public ::testing::Test {
 protected:
  PlayerTest() {
    player_.row.project = ProjectId::from_stored(1);
    player_.row.player = 5;
    player_.row.player_id = "anna";
  }

  // An event `minutes` after midnight of kDay.
  PlayerEvent at(int64_t minutes, std::string_view session = "", int64_t revenue = 0) {
    event::Event event;
    event.session = session;
    events_.push_back(event);
    const int64_t time_ms = kMidnight + minutes * kMsPerMinute;
    return {time_ms, TimeZone::utc().local_date(time_ms), revenue, &events_.back()};
  }

  // Applies the events as one group and answers with what the micro-batch holds.
  store::MicroBatch apply(const std::vector<PlayerEvent>& events) {
    store::MicroBatch batch;
    Rollups rollups(batch);
    for (const PlayerEvent& event : events) EXPECT_TRUE(knows_enough(player_, event, kRules));
    apply_events(player_, events, kRules, rollups);
    rollups.finish();
    std::sort(batch.days.begin(), batch.days.end(), [](const auto& a, const auto& b) { return a.date < b.date; });
    std::sort(batch.player_days.begin(), batch.player_days.end(), [](const auto& a, const auto& b) {
      return std::tie(a.date, a.cohort_date) < std::tie(b.date, b.cohort_date);
    });
    return batch;
  }

  static std::vector<std::tuple<int, int64_t, int64_t>> sessions(const store::MicroBatch& batch) {
    std::vector<std::tuple<int, int64_t, int64_t>> rows;
    for (const auto& s : batch.sessions) {
      rows.emplace_back(s.sign, (s.start_ms - kMidnight) / kMsPerMinute, (s.end_ms - kMidnight) / kMsPerMinute);
    }
    return rows;
  }

  Player player_;
  std::deque<event::Event> events_;
};

using S = std::tuple<int, int64_t, int64_t>;

// Marks, in minutes after midnight of kDay: what of a session is found by them alone.
class MarkedSessionTest : public PlayerTest {
 protected:
  PlayerEvent start(int64_t minutes) { return marked(at(minutes), "session_start", ""); }
  PlayerEvent end(int64_t minutes, const std::string& properties = "") {
    return marked(at(minutes), "session_end", properties);
  }
  PlayerEvent update(int64_t minutes, const std::string& properties) {
    return marked(at(minutes), "session_update", properties);
  }
  PlayerEvent marked(PlayerEvent event, std::string_view name, const std::string& properties) {
    events_.back().name = name;
    texts_.push_back(properties);
    events_.back().properties = texts_.back();
    event.words = words_.read(events_.back());
    return event;
  }
  static PlayerEvent later(PlayerEvent event, int64_t ms) {
    event.time_ms += ms;
    return event;
  }
  std::vector<std::pair<int64_t, int64_t>> held() const {
    std::vector<std::pair<int64_t, int64_t>> all;
    for (const auto& [key, session] : player_.sessions) {
      all.emplace_back((key.second - kMidnight) / kMsPerMinute, (session.end_ms - kMidnight) / kMsPerMinute);
    }
    return all;
  }
  int64_t length_ms() const { return player_.sessions.begin()->second.length_ms; }

  std::deque<std::string> texts_;
  SessionWordsReader words_{kMsPerDay};
};

using H = std::pair<int64_t, int64_t>;

TEST_F(MarkedSessionTest, AStartBeginsAnotherSessionInsideOfTheGap) {
  apply({start(0), at(5), start(10), at(12), start(15)});
  EXPECT_THAT(held(), ElementsAre(H(0, 5), H(10, 12), H(15, 15)));
}

TEST_F(MarkedSessionTest, AnEndIsTheLastOfItsSession) {
  apply({at(0), end(5), at(6), at(7)});
  EXPECT_THAT(held(), ElementsAre(H(0, 5), H(6, 7)));
}

TEST_F(MarkedSessionTest, WhatLiesWithinTheMarkedGapBelongsToTheSession) {
  const auto first_open = at(0);
  apply({first_open, later(start(0), 5000), later(end(10), 0), later(at(10), 5000), later(at(10), 5001)});
  ASSERT_EQ(player_.sessions.size(), 1u) << "each silence is short enough";
  apply({end(20), later(at(20), 5001)});
  EXPECT_THAT(held(), ElementsAre(H(0, 20), H(20, 20)));
}

TEST_F(MarkedSessionTest, EventsOfOneMomentAreOfOneSessionInAnyOrder) {
  apply({at(0), end(10), start(10), at(10), at(20)});
  EXPECT_THAT(held(), ElementsAre(H(0, 0), H(10, 10), H(20, 20)));
}

TEST_F(MarkedSessionTest, AnEndBehindTheGapIsASessionOfItsOwn) {
  apply({at(0), end(31), at(32)});
  EXPECT_THAT(held(), ElementsAre(H(0, 0), H(31, 31), H(32, 32)));
}

TEST_F(MarkedSessionTest, TwoEndsInARow) {
  apply({at(0), end(5), end(10), later(end(10), 4000)});
  EXPECT_THAT(held(), ElementsAre(H(0, 5), H(10, 10)));
}

TEST_F(MarkedSessionTest, ANamedSessionIsNotCut) {
  const auto named_start = marked(at(10, "s"), "session_start", "");
  const auto named_end = marked(at(20, "s"), "session_end", R"({"seconds":100})");
  apply({at(0, "s"), named_start, named_end, at(30, "s")});
  EXPECT_THAT(held(), ElementsAre(H(0, 30)));
  EXPECT_EQ(length_ms(), 100'000);
}

TEST_F(MarkedSessionTest, ALateMarkCutsWhenTheSessionsEventsAreThere) {
  const std::vector<PlayerEvent> before = {at(0), at(10), at(20), at(30)};
  apply(before);
  store::MicroBatch batch;
  Rollups rollups(batch);
  std::vector<SessionPiece> opened;
  for (const PlayerEvent& event : before) opened.push_back(event.piece());
  apply_events(player_, std::vector{start(15)}, kRules, rollups, opened);
  rollups.finish();
  EXPECT_THAT(held(), ElementsAre(H(0, 10), H(15, 30)));
  EXPECT_EQ(batch.days[0].sessions, 1);
  EXPECT_EQ(batch.days[0].session_ms, -5 * kMsPerMinute);
  EXPECT_THAT(sessions(batch), ::testing::UnorderedElementsAre(S(-1, 0, 30), S(1, 0, 10), S(1, 15, 30)));
}

TEST_F(MarkedSessionTest, ASessionOfWhichEventsAreMissingStaysWhole) {
  const std::vector<PlayerEvent> before = {at(0), at(10), at(20)};
  apply(before);
  store::MicroBatch batch;
  Rollups rollups(batch);
  const std::vector some = {before[0].piece(), before[2].piece()};
  EXPECT_EQ(apply_events(player_, std::vector{start(15)}, kRules, rollups, some), 1u) << "and is counted";
  EXPECT_THAT(held(), ElementsAre(H(0, 20)));
  EXPECT_EQ(player_.row.events, 4u);
}

TEST_F(MarkedSessionTest, ALengthThatIsToldWins) {
  apply({start(0), end(10, R"({"level":3,"seconds":61.5})")});
  EXPECT_EQ(length_ms(), 61'500);
  apply({end(10, R"({"seconds":30})"), later(end(10, R"({"seconds":90})"), 2000)});
  EXPECT_EQ(length_ms(), 90'000) << "of several the longest, in any order";
  apply({update(5, R"({"seconds":60})"), update(6, R"({"seconds":60})")});
  EXPECT_EQ(length_ms(), 210'000) << "what was told on the way is added to it";
}

TEST_F(MarkedSessionTest, WhatIsNoLengthIsNotHeard) {
  for (const char* properties : {"", "{}", R"({"seconds":-1})", R"({"seconds":"61"})", R"({"seconds":null})",
                                 R"({"seconds":[5]})", R"({"seconds":1e999})", R"({"length":5})"}) {
    EXPECT_EQ(end(0, properties).words.told_ms, store::kLengthNotTold) << properties;
  }
  apply({start(0), update(4, R"({"seconds":60})"), end(10)});
  EXPECT_EQ(length_ms(), 10 * kMsPerMinute) << "without an end that tells, it is last minus first";
}

TEST_F(MarkedSessionTest, NoLengthIsBeyondTheMost) {
  SessionRules rules = kRules;
  rules.length_max_ms = kMsPerHour;
  store::MicroBatch batch;
  Rollups rollups(batch);
  apply_events(player_, std::vector{at(0, "s"), at(90, "s")}, rules, rollups);
  EXPECT_EQ(length_ms(), kMsPerHour);
  EXPECT_EQ(end(0, R"({"seconds":1e300})").words.told_ms, kMsPerDay);
}

TEST_F(MarkedSessionTest, BeyondTheLimitOfSessionsMarksAreNotTaken) {
  SessionRules rules = kRules;
  rules.sessions_max = 10;
  std::vector<PlayerEvent> events;
  for (int i = 0; i < 30; ++i) events.push_back(start(i));
  store::MicroBatch batch;
  Rollups rollups(batch);
  EXPECT_EQ(apply_events(player_, events, rules, rollups), 20u);
  EXPECT_EQ(player_.row.sessions, 10u);
}

TEST_F(PlayerTest, AFirstEventMakesAPlayerADayAndASession) {
  const auto batch = apply({at(600)});
  ASSERT_EQ(batch.days.size(), 1u);
  EXPECT_EQ(batch.days[0].players, 1);
  EXPECT_EQ(batch.days[0].new_players, 1);
  EXPECT_EQ(batch.days[0].events, 1);
  EXPECT_EQ(batch.days[0].sessions, 1);
  EXPECT_EQ(batch.days[0].session_ms, 0);
  ASSERT_EQ(batch.cohort_days.size(), 1u);
  EXPECT_EQ(batch.cohort_days[0].cohort_date, kDay);
  ASSERT_EQ(batch.players.size(), 1u);
  EXPECT_EQ(batch.players[0].version, 1u);
  EXPECT_THAT(sessions(batch), ElementsAre(S(1, 600, 600)));
}

TEST_F(PlayerTest, SilenceUpToTheGapKeepsASession) {
  EXPECT_THAT(sessions(apply({at(0), at(30), at(60)})), ElementsAre(S(1, 0, 60)));
  const auto batch = apply({at(91)});
  EXPECT_THAT(sessions(batch), ElementsAre(S(1, 91, 91)));
  EXPECT_EQ(batch.days[0].sessions, 1);
}

TEST_F(PlayerTest, ALateEventJoinsTwoSessions) {
  apply({at(0)});
  apply({at(50)});
  const auto batch = apply({at(25)});
  EXPECT_THAT(sessions(batch), ::testing::UnorderedElementsAre(S(-1, 0, 0), S(-1, 50, 50), S(1, 0, 50)));
  ASSERT_EQ(batch.days.size(), 1u);
  EXPECT_EQ(batch.days[0].sessions, -1);
  EXPECT_EQ(batch.days[0].session_ms, 50 * kMsPerMinute);
  EXPECT_EQ(player_.row.sessions, 1u);
}

TEST_F(PlayerTest, AnEarlierEventMovesASessionToTheDayBefore) {
  apply({at(-100), at(10)});
  const auto batch = apply({at(-15)});
  ASSERT_EQ(batch.days.size(), 2u);
  EXPECT_EQ(batch.days[0].date, kDay - 1);
  EXPECT_EQ(batch.days[0].sessions, 1);
  EXPECT_EQ(batch.days[0].session_ms, 25 * kMsPerMinute);
  EXPECT_EQ(batch.days[1].sessions, -1);
  EXPECT_EQ(batch.days[1].players, 0);
}

TEST_F(PlayerTest, ANamedSessionBridgesSilencesAndStandsApart) {
  const auto batch = apply({at(0, "s"), at(5), at(300, "s"), at(310, "t")});
  EXPECT_THAT(sessions(batch), ::testing::UnorderedElementsAre(S(1, 0, 300), S(1, 5, 5), S(1, 310, 310)));
}

TEST_F(PlayerTest, AConstantSessionIdIsNotOneEndlessSession) {
  const auto batch = apply({at(0, "s"), at(24 * 60, "s"), at(48 * 60 + 1, "s")});
  EXPECT_THAT(sessions(batch), ::testing::UnorderedElementsAre(S(1, 0, 24 * 60), S(1, 48 * 60 + 1, 48 * 60 + 1)));
}

TEST_F(PlayerTest, AnUnchangedSessionIsNotWrittenAgain) {
  apply({at(0)});
  EXPECT_THAT(sessions(apply({at(300)})), ElementsAre(S(1, 300, 300)));
}

TEST_F(PlayerTest, ASecondPurchaseOfADayMakesNoSecondPayer) {
  EXPECT_EQ(apply({at(0, "", 990'000), at(1, "", 990'000)}).days[0].payers, 1);
  const auto batch = apply({at(2, "", 500'000)});
  EXPECT_EQ(batch.days[0].payers, 0);
  EXPECT_EQ(batch.days[0].revenue_micros, 500'000);
  EXPECT_EQ(apply({at(24 * 60, "", 1)}).days[0].payers, 1);
}

TEST_F(PlayerTest, ARefundIsRevenueButNoPurchase) {
  const auto batch = apply({at(0, "", -990'000)});
  EXPECT_EQ(batch.days[0].payers, 0);
  EXPECT_EQ(batch.days[0].revenue_micros, -990'000);
}

TEST_F(PlayerTest, AnEventBeforeTheFirstMovesTheWholeCohort) {
  apply({at(0, "", 100), at(24 * 60, "", 50)});
  const auto batch = apply({at(-5 * 24 * 60)});
  std::vector<std::tuple<Date, Date, int, int64_t>> rows;
  for (const auto& d : batch.player_days) rows.emplace_back(d.date, d.cohort_date, d.active, d.revenue_micros);
  using R = std::tuple<Date, Date, int, int64_t>;
  EXPECT_THAT(rows, ElementsAre(R(kDay - 5, kDay - 5, 1, 0), R(kDay, kDay - 5, 1, 100), R(kDay, kDay, -1, -100),
                                R(kDay + 1, kDay - 5, 1, 50), R(kDay + 1, kDay, -1, -50)));
  ASSERT_EQ(batch.days.size(), 2u) << "days whose sums do not change are not written";
  EXPECT_EQ(batch.days[0].new_players, 1);
  EXPECT_EQ(batch.days[0].players, 1);
  EXPECT_EQ(batch.days[1].new_players, -1);
  EXPECT_EQ(batch.days[1].players, 0);
}

TEST_F(PlayerTest, AnEarlierEventOfTheSameDayMovesNothing) {
  apply({at(600)});
  const auto batch = apply({at(500)});
  EXPECT_EQ(player_.row.first_seen_ms, kMidnight + 500 * kMsPerMinute);
  EXPECT_THAT(batch.cohort_days, IsEmpty());
  EXPECT_EQ(batch.days[0].new_players, 0);
}

TEST_F(PlayerTest, TheNewestAttributesCountAndEmptyOnesAreFilled) {
  PlayerEvent newer = at(100);
  events_.back().country = "DE";
  PlayerEvent older = at(50);
  events_.back().country = "US";
  events_.back().platform = "ios";
  apply({newer});
  apply({older});
  EXPECT_EQ(player_.row.country, "DE");
  EXPECT_EQ(player_.row.platform, "ios");
}

TEST_F(PlayerTest, WhatIsForgottenIsAskedForAgain) {
  for (int day = 0; day < 10; ++day) apply({at(day * 24 * 60)});
  forget_old(player_, 2 * kMsPerDay);
  EXPECT_EQ(player_.days.size(), 3u);
  EXPECT_TRUE(knows_enough(player_, at(10 * 24 * 60), kRules));
  EXPECT_TRUE(knows_enough(player_, at(8 * 24 * 60), kRules));
  EXPECT_FALSE(knows_enough(player_, at(5 * 24 * 60), kRules));
  EXPECT_FALSE(knows_enough(player_, at(-24 * 60), kRules));
}

TEST_F(PlayerTest, APlayerWhoIsKnownWholeIsNeverAskedForAgain) {
  apply({at(0)});
  forget_old(player_, 2 * kMsPerDay);
  EXPECT_TRUE(knows_enough(player_, at(-1000 * 24 * 60), kRules)) << "nothing was forgotten";
}

TEST_F(PlayerTest, ManySessionsOfOnePlayerAreFoundQuickly) {
  constexpr int kSessions = 200'000;
  const SystemClock clock;
  const int64_t started_ns = clock.monotonic_ns();
  std::deque<std::string> names;
  std::vector<PlayerEvent> events;
  for (int i = 0; i < kSessions; ++i) {
    names.push_back("session " + std::to_string(i * 7919LL % kSessions));
    events.push_back(at(i % 1000, names.back()));
  }
  apply(events);
  EXPECT_EQ(player_.row.sessions, static_cast<uint64_t>(kSessions));
  for (int i = 0; i < 1000; ++i) apply({at(i, names[static_cast<size_t>(i)])});
  EXPECT_EQ(player_.row.sessions, static_cast<uint64_t>(kSessions));
  EXPECT_LT((clock.monotonic_ns() - started_ns) / 1'000'000, 30'000);
}

TEST_F(PlayerTest, ManyDaysOfOnePlayerAreFoundQuickly) {
  constexpr int kDays = 200'000;
  const SystemClock clock;
  const int64_t started_ns = clock.monotonic_ns();
  std::vector<PlayerEvent> events;
  for (int i = 0; i < kDays; ++i) events.push_back(at(-24 * 60 * (i * 7919LL % kDays)));
  EXPECT_EQ(apply(events).player_days.size(), static_cast<size_t>(kDays));
  EXPECT_LT((clock.monotonic_ns() - started_ns) / 1'000'000, 30'000);
}

TEST_F(PlayerTest, BeyondTheLimitOfSessionsEventsJoinByTime) {
  SessionRules rules = kRules;
  rules.sessions_max = 10;
  std::deque<std::string> names;
  std::vector<PlayerEvent> events;
  for (int i = 0; i < 30; ++i) {
    names.push_back("s" + std::to_string(i));
    events.push_back(at(i, names.back()));
  }
  events.push_back(at(40, "s0"));  // a session that is known still gets its events
  store::MicroBatch batch;
  Rollups rollups(batch);
  EXPECT_EQ(apply_events(player_, events, rules, rollups), 20u);
  EXPECT_EQ(player_.row.sessions, 11u) << "ten by name, one by time";
  EXPECT_EQ(player_.row.events, 31u);
  const auto by_time = player_.sessions.find(SessionPlace("", kMidnight + 10 * kMsPerMinute));
  ASSERT_NE(by_time, player_.sessions.end());
  EXPECT_EQ(by_time->second.events, 20u);
}

TEST_F(PlayerTest, RevenueStopsAtItsBoundInsteadOfOverflowing) {
  constexpr int64_t kHuge = INT64_MAX / 3;
  const auto first = apply({at(0, "", kHuge), at(1, "", kHuge), at(2, "", kHuge), at(3, "", kHuge), at(4, "", kHuge)});
  EXPECT_EQ(first.days[0].revenue_micros, INT64_MAX);
  EXPECT_EQ(player_.row.revenue_micros, INT64_MAX);
  const auto second = apply({at(5, "", kHuge)});
  EXPECT_EQ(second.days[0].revenue_micros, 0);
  const auto refunds = apply({at(6, "", -INT64_MAX), at(7, "", -INT64_MAX), at(8, "", -INT64_MAX)});
  EXPECT_EQ(player_.row.revenue_micros, -INT64_MAX);
  EXPECT_EQ(refunds.days[0].revenue_micros, -INT64_MAX) << "a difference that does not fit stops at the bound, too";
}

TEST(PlayerCacheTest, ForgetsTheLeastRecentlyUsedAndReplacesInPlace) {
  PlayerCache cache(2);
  const ProjectId project = ProjectId::from_stored(1);
  const auto make = [&](const char* name, uint64_t key) {
    Player player;
    player.row.project = project;
    player.row.player_id = name;
    player.row.player = key;
    return player;
  };
  const auto find = [&](const char* name) { return cache.find(project, name, PlayerCache::hash(project, name)); };
  const auto put = [&](const char* name, uint64_t key) { return cache.put(make(name, key)); };
  put("anna", 1);
  put("a name longer than any short string", 2);
  EXPECT_EQ(find("anna")->row.player, 1u);
  Player* replaced = put("a name longer than any short string", 3);
  EXPECT_EQ(find("a name longer than any short string"), replaced);
  EXPECT_EQ(replaced->row.player, 3u);
  put("carl", 4);
  EXPECT_EQ(cache.size(), 3u) << "nothing goes while a batch may hold pointers";
  cache.evict();
  EXPECT_EQ(find("anna"), nullptr);
  EXPECT_NE(find("carl"), nullptr);
  EXPECT_EQ(cache.find(ProjectId::from_stored(2), "carl", PlayerCache::hash(ProjectId::from_stored(2), "carl")),
            nullptr);
}

}  // namespace
}  // namespace gm::event_processor
