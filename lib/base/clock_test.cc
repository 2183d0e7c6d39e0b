#include "lib/base/clock.h"

#include <gtest/gtest.h>

namespace gm {
namespace {

TEST(SystemClock, runs_forward_in_milliseconds_since_1970) {
  const SystemClock clock;
  EXPECT_GT(clock.now_ms(), 1'700'000'000'000);
  EXPECT_LT(clock.now_ms(), 10'000'000'000'000);
  int64_t last = clock.monotonic_ns();
  for (int i = 0; i < 1000; ++i) {
    const int64_t now = clock.monotonic_ns();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(ManualClock, moves_only_when_told) {
  ManualClock clock(1000);
  EXPECT_EQ(clock.now_ms(), 1000);
  clock.advance_ms(5);
  EXPECT_EQ(clock.now_ms(), 1005);
  EXPECT_EQ(clock.monotonic_ns(), 5'000'000);
  clock.jump_to_ms(3);
  EXPECT_EQ(clock.now_ms(), 3);
  EXPECT_EQ(clock.monotonic_ns(), 5'000'000) << "a jump of the wall clock is no passing of time";
}

}  // namespace
}  // namespace gm
