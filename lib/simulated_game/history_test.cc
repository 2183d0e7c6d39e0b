#include "lib/simulated_game/history.h"

#include <gtest/gtest.h>
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "lib/simulated_game/refused.h"

namespace gm::simulated_game {
namespace {

using nlohmann::json;

constexpr int64_t kEnd = 1'795'435'200'000;  // 2026-11-23T12:00:00Z
constexpr int64_t kPosted = kEnd + kMsPerHour;

Options small(uint64_t seed = 7) {
  Options options;
  options.seed = seed;
  options.players = 300;
  options.days = 40;
  options.end_ms = kEnd;
  options.zone = *TimeZone::find("America/Sao_Paulo");
  return options;
}

uint64_t hash_of(const Options& options) {
  History history(options);
  XXH3_state_t* state = XXH3_createState();
  XXH3_64bits_reset(state);
  while (const auto delivery = history.next()) {
    const std::string request = delivery->request(kPosted);
    XXH3_64bits_update(state, request.data(), request.size());
  }
  const std::string truth = history.truth().to_json();
  XXH3_64bits_update(state, truth.data(), truth.size());
  const uint64_t hash = XXH3_64bits_digest(state);
  XXH3_freeState(state);
  return hash;
}

struct Received {
  int64_t time_ms;
  std::string player, session, name;
  int64_t revenue_micros;
};

// What a careful reader makes of the requests: parsed, clocks put right, repeats dropped, bad events set aside.
struct Reader {
  std::vector<Received> events;
  std::set<std::string> seen;
  uint64_t repeats = 0, refused = 0, sent = 0, unordered = 0;
  int64_t newest = 0;

  void read(const Delivery& delivery) {
    const json request = json::parse(delivery.request(kPosted));
    const int64_t offset = kPosted - *parse_iso8601_ms(request["sent_at"].get<std::string>());
    EXPECT_EQ(request["historical"], offset == 0);
    EXPECT_EQ(request["events"].size(), delivery.events);
    for (const json& event : request["events"]) read_event(event, offset);
  }

  void read_event(const json& event, int64_t offset) {
    ++sent;
    const std::string player = event.value("player_id", "p-bad");
    if (player == "p-bad" || player == "null") {
      ++refused;
      return;
    }
    const std::string identity = event.contains("event_id") ? event["event_id"].get<std::string>() : event.dump();
    if (!seen.insert(identity).second) {
      ++repeats;
      return;
    }
    Received row;
    row.time_ms = offset + (event["time"].is_string() ? *parse_iso8601_ms(event["time"].get<std::string>())
                                                      : event["time"].get<int64_t>());
    row.player = player;
    row.session = event.value("session_id", "");
    row.name = event["event"];
    row.revenue_micros =
        event.contains("revenue") ? std::llround(std::stod(event["revenue"]["amount"].get<std::string>()) * 1e6) : 0;
    if (row.time_ms < newest) ++unordered;
    newest = std::max(newest, row.time_ms);
    events.push_back(row);
  }
};

TEST(History, equal_options_give_equal_bytes_and_other_seeds_do_not) {
  EXPECT_EQ(hash_of(small()), hash_of(small()));
  EXPECT_NE(hash_of(small()), hash_of(small(8)));
}

TEST(History, deliveries_lead_to_the_truth) {
  const Options options = small();
  History history(options);
  Reader reader;
  int64_t before = 0;
  while (const auto delivery = history.next()) {
    EXPECT_GE(delivery->deliver_ms, before);
    before = delivery->deliver_ms;
    reader.read(*delivery);
  }
  const Truth& truth = history.truth();
  EXPECT_EQ(reader.sent, history.events_to_send());
  EXPECT_EQ(reader.events.size(), static_cast<size_t>(truth.events()));
  EXPECT_GT(reader.repeats, 100u);
  EXPECT_GT(reader.unordered, 1000u);
  uint64_t refused = 0;
  for (const auto& [reason, count] : truth.refused()) refused += static_cast<uint64_t>(count);
  EXPECT_EQ(reader.refused, refused);
  EXPECT_EQ(truth.refused().size(), static_cast<size_t>(refused_kinds()));

  // Day by day, from the parsed requests only.
  std::map<Date, std::set<std::string>> active;
  std::map<Date, int64_t> revenue, events;
  std::map<std::string, Date> first;
  for (const Received& event : reader.events) {
    const Date day = options.zone.local_date(event.time_ms);
    EXPECT_LT(event.time_ms, kEnd);
    active[day].insert(event.player);
    revenue[day] += event.revenue_micros;
    ++events[day];
    const auto [it, fresh] = first.try_emplace(event.player, day);
    if (!fresh) it->second = std::min(it->second, day);
  }
  std::map<Date, int64_t> fresh;
  for (const auto& [player, day] : first) ++fresh[day];
  for (const auto& [day, row] : truth.days()) {
    EXPECT_EQ(row.players, static_cast<int64_t>(active[day].size())) << day.to_string();
    EXPECT_EQ(row.new_players, fresh[day]) << day.to_string();
    EXPECT_EQ(row.revenue_micros, revenue[day]) << day.to_string();
    EXPECT_EQ(row.events, events[day]) << day.to_string();
    std::set<std::string> month;
    for (int back = 0; back < 30; ++back) month.insert(active[day - back].begin(), active[day - back].end());
    EXPECT_EQ(row.players_30, static_cast<int64_t>(month.size())) << day.to_string();
  }
}

TEST(History, unnamed_sessions_keep_clear_of_the_thirty_minutes) {
  History history(small());
  Reader reader;
  while (const auto delivery = history.next()) reader.read(*delivery);
  std::map<std::string, std::vector<int64_t>> unnamed;
  for (const Received& event : reader.events) {
    if (event.session.empty()) unnamed[event.player].push_back(event.time_ms);
  }
  ASSERT_GT(unnamed.size(), 10u);
  int between = 0;
  for (auto& [player, times] : unnamed) {
    std::sort(times.begin(), times.end());
    for (size_t i = 1; i < times.size(); ++i) {
      const int64_t gap = times[i] - times[i - 1];
      EXPECT_GT(gap, 0) << "two events at one instant, without ids they could not be told apart";
      EXPECT_TRUE(gap < 25 * kMsPerMinute || gap > 35 * kMsPerMinute) << player << " " << gap;
      if (gap > 35 * kMsPerMinute) ++between;
    }
  }
  EXPECT_GT(between, 30);
}

TEST(History, wrong_clocks_stay_away_from_midnight_and_keep_a_session_together) {
  Options options = small();
  options.players = 1500;
  History history(options);
  std::map<std::string, int> requests;
  int skewed = 0;
  while (const auto delivery = history.next()) {
    if (delivery->skew_ms == 0) continue;
    ++skewed;
    Reader reader;
    reader.read(*delivery);
    for (const Received& event : reader.events) {
      const Date day = options.zone.local_date(event.time_ms);
      EXPECT_GE(event.time_ms - options.zone.start_of(day), 10 * kMsPerMinute);
      EXPECT_GE(options.zone.start_of(day + 1) - event.time_ms, 10 * kMsPerMinute);
    }
  }
  EXPECT_GT(skewed, 100);
}

TEST(History, players_come_back_like_players_do) {
  Options options = small();
  options.players = 6000;
  options.days = 50;
  const History history(options);
  const auto share = [&](int day) {
    double size = 0, back = 0;
    const Date last = history.truth().last();
    for (const auto& [cohort, cells] : history.truth().retention()) {
      if (cohort + day >= last) continue;
      size += static_cast<double>(cells.at(0));
      back += cells.count(day) ? static_cast<double>(cells.at(day)) : 0;
    }
    return back / size;
  };
  EXPECT_NEAR(share(1), 0.40, 0.04);
  EXPECT_NEAR(share(7), 0.18, 0.03);
  EXPECT_NEAR(share(30), 0.09, 0.025);
}

TEST(History, the_tidy_profile_has_no_faults) {
  Options options = small();
  options.profile = Profile::tidy;
  History history(options);
  Reader reader;
  while (const auto delivery = history.next()) {
    EXPECT_EQ(delivery->skew_ms, 0);
    reader.read(*delivery);
  }
  EXPECT_EQ(reader.repeats, 0u);
  EXPECT_EQ(reader.refused, 0u);
}

TEST(History, batches_are_put_together_up_to_the_limit) {
  Options options = small();
  options.events_per_request = 500;
  History history(options);
  uint64_t sent = 0;
  while (const auto delivery = history.next()) {
    EXPECT_LE(delivery->events, 500u);
    sent += delivery->events;
  }
  EXPECT_EQ(sent, history.events_to_send());
}

}  // namespace
}  // namespace gm::simulated_game
