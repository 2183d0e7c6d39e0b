#include "lib/simulated_game/live.h"

#include <gtest/gtest.h>

namespace gm::simulated_game {
namespace {

constexpr int64_t kNow = 1'795'435'200'000;

TEST(LiveGame, sends_about_the_wanted_rate_from_the_first_minute) {
  Options options;
  options.players = 20'000;
  LiveGame game(options, 200, 1000, kNow);
  uint64_t total = 0, first_20_seconds = 0;
  for (int64_t now = kNow; now < kNow + 10 * kMsPerMinute; now += 250) {
    uint64_t events = 0;
    for (const Delivery& delivery : game.until(now)) {
      EXPECT_GE(delivery.events, 1u);
      EXPECT_LE(delivery.deliver_ms, now);
      events += delivery.events;
    }
    total += events;
    if (now <= kNow + 20 * kMsPerSecond) first_20_seconds = total;
  }
  EXPECT_NEAR(static_cast<double>(total), 200 * 600, 200 * 600 * 0.15);
  EXPECT_NEAR(static_cast<double>(first_20_seconds), 200 * 20, 200 * 20 * 0.25);
}

TEST(LiveGame, a_small_game_is_full_but_goes_on) {
  Options options;
  options.players = 3;
  LiveGame game(options, 1000, 1000, kNow);
  uint64_t first = 0, second = 0;
  for (int64_t now = kNow; now < kNow + 10 * kMsPerMinute; now += 250) first += game.until(now).size();
  for (int64_t now = kNow + 10 * kMsPerMinute; now < kNow + 20 * kMsPerMinute; now += 250)
    second += game.until(now).size();
  EXPECT_GT(first, 20u);
  EXPECT_GT(second, 20u);
}

TEST(LiveGame, the_end_sends_what_has_happened_and_nothing_of_the_future) {
  Options options;
  options.players = 5'000;
  LiveGame game(options, 100, 60 * kMsPerSecond, kNow);
  const int64_t end = kNow + 10 * kMsPerSecond;
  uint64_t before = 0, last = 0;
  for (const Delivery& delivery : game.until(end)) before += delivery.events;
  for (const Delivery& delivery : game.finish(end)) {
    EXPECT_LE(delivery.deliver_ms, end);
    last += delivery.events;
  }
  EXPECT_EQ(before, 0u) << "nothing leaves before the first batch is a minute old";
  EXPECT_NEAR(static_cast<double>(last), 1000, 300);
  EXPECT_TRUE(game.finish(end).empty());
}

}  // namespace
}  // namespace gm::simulated_game
