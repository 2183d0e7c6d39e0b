#include "lib/base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace gm {
namespace {

TEST(SeededRandom, gives_the_published_stream) {
  SeededRandom random(1234567);  // reference values of SplitMix64
  EXPECT_EQ(random.next(), 6457827717110365317ull);
  EXPECT_EQ(random.next(), 3203168211198807973ull);
  EXPECT_EQ(random.next(), 9817491932198370423ull);
}

TEST(SeededRandom, fills_any_length_the_same_way) {
  for (size_t length = 0; length < 20; ++length) {
    SeededRandom one(9);
    SeededRandom two(9);
    std::array<std::byte, 20> a{};
    std::array<std::byte, 20> b{};
    one.fill(std::span(a).first(length));
    two.fill(std::span(b).first(length));
    EXPECT_EQ(a, b);
    EXPECT_EQ(a[19], std::byte{0});
  }
}

TEST(SeededRandom, stays_in_range_and_spreads) {
  SeededRandom random(4);
  std::array<int, 10> buckets{};
  for (int i = 0; i < 10'000; ++i) {
    const double unit = random.unit();
    ASSERT_GE(unit, 0);
    ASSERT_LT(unit, 1);
    ++buckets[static_cast<size_t>(unit * 10)];
    ASSERT_LT(random.below(7), 7u);
  }
  for (const int count : buckets) EXPECT_NEAR(count, 1000, 150);
}

TEST(SystemRandom, does_not_repeat) {
  SystemRandom random;
  std::set<uint64_t> seen;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(random.next_u64()).second);
}

}  // namespace
}  // namespace gm
