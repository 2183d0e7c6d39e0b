#include "lib/simulated_game/live.h"

#include <gtest/gtest.h>

namespace gm::simulated_game {
namespace {

constexpr int64_t kNow = 1'795'435'200'000;

TEST(LiveGame, sends_about_the_wanted_rate_from_the_first_minute) {
  Options options;
  options.players = 20'000;
  LiveGame game(options, 200, 1000, kNow);
  uint64_t total = 0;
  for (int64_t now = kNow; now < kNow + 10 * kMsPerMinute; now += 250) {
    uint64_t minute = 0;
    for (const Delivery& delivery : game.until(now)) {
      EXPECT_GE(delivery.events, 1u);
      EXPECT_LE(delivery.deliver_ms, now);
      minute += delivery.events;
    }
    total += minute;
  }
  EXPECT_NEAR(static_cast<double>(total), 200 * 600, 200 * 600 * 0.15);
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

}  // namespace
}  // namespace gm::simulated_game
