#include "adapters/embedded/live_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "lib/base/time.h"
#include "lib/telemetry/catalog.h"

namespace gm::embedded {
namespace {

using store::LiveEvent;
using testing::ElementsAre;

const ProjectId kGame = ProjectId::from_stored(1);
const ProjectId kOtherGame = ProjectId::from_stored(2);
constexpr int64_t kNow = 1'764'000'030'000;  // half a minute into a minute

LiveEvent event_of(std::string player, int64_t time_ms, std::string name = "tick") {
  LiveEvent event;
  event.time_ms = time_ms;
  event.received_ms = kNow;
  event.event = std::move(name);
  event.player = std::move(player);
  event.properties = "{}";
  return event;
}

struct EmbeddedLiveStateTest : testing::Test {
  std::vector<std::string> feed_names(int64_t now_ms) {
    std::vector<std::string> names;
    for (const LiveEvent& event : live.snapshot(kGame, now_ms).events) names.push_back(event.event);
    return names;
  }
  uint64_t dropped(std::string_view reason) { return registry.counter(telemetry::kLiveDropped, {reason}).value(); }

  ManualClock clock{kNow};
  telemetry::Registry registry;
  EmbeddedLiveState live{{.players_max = 1000, .properties_bytes_max = 20}, clock, registry};
};

TEST_F(EmbeddedLiveStateTest, CountsEventsAndDistinctPlayersPerMinute) {
  live.publish(kGame, {event_of("a", kNow), event_of("a", kNow - 1000), event_of("b", kNow)});
  live.publish(kGame, {event_of("a", kNow - kMsPerMinute)});
  const auto snapshot = live.snapshot(kGame, kNow);
  ASSERT_EQ(snapshot.minutes.size(), 30u);
  EXPECT_EQ(snapshot.minutes.back().minute_ms, kNow - 30'000);
  EXPECT_EQ(snapshot.minutes.back().events, 3u);
  EXPECT_EQ(snapshot.minutes.back().players, 2u);
  EXPECT_EQ(snapshot.minutes[28].events, 1u);
  EXPECT_EQ(snapshot.minutes[28].players, 1u);
  EXPECT_EQ(snapshot.minutes[27].events, 0u);
  EXPECT_EQ(snapshot.players_5_min, 2u);
  EXPECT_EQ(snapshot.players_30_min, 2u);
}

TEST_F(EmbeddedLiveStateTest, EventsOutOfOrderCountEachPlayerOnceAMinute) {
  for (int minute = 29; minute >= 0; minute -= 2) live.publish(kGame, {event_of("a", kNow - minute * kMsPerMinute)});
  for (int minute = 0; minute < 30; ++minute) live.publish(kGame, {event_of("a", kNow - minute * kMsPerMinute)});
  for (const auto& minute : live.snapshot(kGame, kNow).minutes) EXPECT_EQ(minute.players, 1u) << minute.minute_ms;
}

TEST_F(EmbeddedLiveStateTest, PlayersLeaveTheirWindowsAsTimePasses) {
  live.publish(kGame, {event_of("early", kNow - 4 * kMsPerMinute), event_of("late", kNow)});
  EXPECT_EQ(live.snapshot(kGame, kNow).players_5_min, 2u);
  EXPECT_EQ(live.snapshot(kGame, kNow + kMsPerMinute).players_5_min, 1u);  // exactly 5 minutes is out
  EXPECT_EQ(live.snapshot(kGame, kNow + 26 * kMsPerMinute).players_30_min, 1u);
  const auto empty = live.snapshot(kGame, kNow + 30 * kMsPerMinute);
  EXPECT_EQ(empty.players_30_min, 0u);
  EXPECT_TRUE(empty.events.empty());
  for (const auto& minute : empty.minutes) EXPECT_EQ(minute.events, 0u);
}

TEST_F(EmbeddedLiveStateTest, MinutesAreReusedWithoutOldCounts) {
  live.publish(kGame, {event_of("a", kNow)});
  clock.advance_ms(31 * kMsPerMinute);  // the same slot of the ring
  live.publish(kGame, {event_of("a", clock.now_ms())});
  EXPECT_EQ(live.snapshot(kGame, clock.now_ms()).minutes.back().events, 1u);
}

TEST_F(EmbeddedLiveStateTest, IgnoresOldEventsAndCountsThem) {
  live.publish(kGame, {event_of("a", kNow - 30 * kMsPerMinute), event_of("b", kNow - 30 * kMsPerMinute + 1)});
  EXPECT_EQ(live.snapshot(kGame, kNow).players_30_min, 1u);
  EXPECT_EQ(dropped("too_old"), 1u);
}

TEST_F(EmbeddedLiveStateTest, AClockThatRunsAheadCountsAsNow) {
  live.publish(kGame, {event_of("a", kNow + kMsPerHour)});
  const auto snapshot = live.snapshot(kGame, kNow);
  EXPECT_EQ(snapshot.minutes.back().events, 1u);
  EXPECT_EQ(live.snapshot(kGame, kNow + 30 * kMsPerMinute).players_30_min, 0u);
}

TEST_F(EmbeddedLiveStateTest, KeepsTheLastHundredNewestFirst) {
  for (int i = 0; i < 3; ++i) {
    std::vector<LiveEvent> batch;
    for (int k = 0; k < 50; ++k) batch.push_back(event_of("a", kNow, std::to_string(i * 50 + k)));
    live.publish(kGame, batch);
  }
  const auto names = feed_names(kNow);
  ASSERT_EQ(names.size(), 100u);
  EXPECT_EQ(names.front(), "149");
  EXPECT_EQ(names.back(), "50");
}

TEST_F(EmbeddedLiveStateTest, OneLargeBatchLeavesItsLastHundred) {
  std::vector<LiveEvent> batch;
  for (int k = 0; k < 5000; ++k) batch.push_back(event_of("a", kNow, std::to_string(k)));
  live.publish(kGame, batch);
  EXPECT_EQ(feed_names(kNow).front(), "4999");
  EXPECT_EQ(live.snapshot(kGame, kNow).minutes.back().events, 5000u);
}

TEST_F(EmbeddedLiveStateTest, LongPropertiesAreLeftOutOfFeedAndStream) {
  auto event = event_of("a", kNow);
  event.properties = R"({"note":"longer than twenty bytes"})";
  std::vector<std::string> heard;
  live.subscribe(kGame, [&](const LiveEvent& e) { heard.push_back(e.properties); });
  live.publish(kGame, {event});
  EXPECT_EQ(live.snapshot(kGame, kNow).events.front().properties, "{}");
  EXPECT_THAT(heard, ElementsAre("{}"));
  EXPECT_EQ(dropped("properties_too_long"), 1u);
}

TEST_F(EmbeddedLiveStateTest, PlayersAreBoundedAndRoomComesBack) {
  std::vector<LiveEvent> batch;
  for (int i = 0; i < 1200; ++i) batch.push_back(event_of("p" + std::to_string(i), kNow));
  live.publish(kGame, batch);
  EXPECT_EQ(live.snapshot(kGame, kNow).players_30_min, 1000u);
  EXPECT_EQ(dropped("players_full"), 200u);
  clock.advance_ms(30 * kMsPerMinute);
  live.publish(kGame, {event_of("new", clock.now_ms())});
  EXPECT_EQ(live.snapshot(kGame, clock.now_ms()).players_30_min, 1u);
  EXPECT_EQ(dropped("players_full"), 200u);
}

TEST_F(EmbeddedLiveStateTest, ProjectsDoNotSeeEachOther) {
  int heard = 0;
  live.subscribe(kOtherGame, [&](const LiveEvent&) { ++heard; });
  live.publish(kGame, {event_of("a", kNow)});
  EXPECT_EQ(heard, 0);
  EXPECT_TRUE(live.snapshot(kOtherGame, kNow).events.empty());
  EXPECT_EQ(live.snapshot(kOtherGame, kNow).players_30_min, 0u);
}

TEST_F(EmbeddedLiveStateTest, AListenerHearsNothingAfterUnsubscribeReturned) {
  std::atomic<bool> subscribed{true};
  std::atomic<int> late{0};
  const auto subscription = live.subscribe(kGame, [&](const LiveEvent&) {
    if (!subscribed) ++late;
  });
  std::atomic<bool> stop{false};
  std::thread publisher([&] {
    while (!stop) live.publish(kGame, {event_of("a", kNow)});
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  live.unsubscribe(subscription);
  subscribed = false;
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  stop = true;
  publisher.join();
  EXPECT_EQ(late, 0);
}

}  // namespace
}  // namespace gm::embedded
