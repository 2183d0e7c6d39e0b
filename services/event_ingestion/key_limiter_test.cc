#include "services/event_ingestion/key_limiter.h"

#include <gtest/gtest.h>

namespace gm::event_ingestion {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

TEST(TokenBucket, GivesABurstThenTheRate) {
  TokenBucket bucket;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(bucket.take(1, 10, 2 * kSecond, 5), 0) << i;
  EXPECT_EQ(bucket.take(1, 10, 2 * kSecond, 5), kSecond / 10);
  EXPECT_EQ(bucket.take(1, 10, 2 * kSecond, 5 + kSecond / 10), 0);
  EXPECT_GT(bucket.take(1, 10, 2 * kSecond, 5 + kSecond / 10), 0);
}

TEST(TokenBucket, OverALongTimeGivesExactlyTheRate) {
  TokenBucket bucket;
  int given = 0;
  for (int64_t now = 0; now < 100 * kSecond; now += kSecond / 1000) given += bucket.take(1, 50, kSecond, now) == 0;
  EXPECT_EQ(given, 50 + 100 * 50 - 1);
}

TEST(TokenBucket, MoreThanAWholeBucketIsGivenToWhomFindsItFull) {
  TokenBucket bucket;
  EXPECT_EQ(bucket.take(100, 10, kSecond, 0), 0);
  EXPECT_EQ(bucket.take(100, 10, kSecond, kSecond), 9 * kSecond) << "until it is full again";
  EXPECT_EQ(bucket.take(100, 10, kSecond, 10 * kSecond), 0);
}

TEST(TokenBucket, AnIdleTimeSavesUpNoMoreThanTheBurst) {
  TokenBucket bucket;
  EXPECT_EQ(bucket.take(1, 10, kSecond, 0), 0);
  int given = 0;
  while (bucket.take(1, 10, kSecond, 1000 * kSecond) == 0) ++given;
  EXPECT_EQ(given, 10);
}

TEST(KeyLimiter, OneKeysFloodTakesNothingFromAnother) {
  ManualClock clock(0);
  KeyLimiter limiter({5, 100, 0, 1000}, clock);
  int taken = 0;
  std::optional<int64_t> left;
  while (!limiter.take_request(1, 10, left)) ++taken;
  EXPECT_EQ(taken, 5);
  EXPECT_FALSE(limiter.take_request(2, 10, left));
  EXPECT_EQ(left, 4);
  EXPECT_FALSE(limiter.take_events(1, 100));
  const auto refused = limiter.take_events(1, 1);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->limit, "events");
  EXPECT_EQ(refused->wait_ms, 10);
}

TEST(KeyLimiter, SaysHowManyRequestsAreLeft) {
  ManualClock clock(0);
  KeyLimiter limiter({10, 0, 0, 2000}, clock);
  std::optional<int64_t> left;
  std::vector<int64_t> said;
  for (int i = 0; i < 20; ++i) {
    ASSERT_FALSE(limiter.take_request(1, 10, left));
    said.push_back(*left);
  }
  EXPECT_EQ(said.front(), 10) << "never more than a second's worth";
  EXPECT_EQ(said[14], 5);
  EXPECT_EQ(said.back(), 0);
  clock.advance_ms(500);
  ASSERT_FALSE(limiter.take_request(1, 10, left));
  EXPECT_EQ(left, 4);
}

TEST(KeyLimiter, ZeroMeansNoLimit) {
  ManualClock clock(0);
  KeyLimiter limiter({0, 0, 0, 1000}, clock);
  std::optional<int64_t> left;
  for (int i = 0; i < 1000; ++i) {
    ASSERT_FALSE(limiter.take_request(1, 1 << 20, left));
    ASSERT_FALSE(limiter.take_events(1, 1 << 20));
  }
  EXPECT_FALSE(left);
}

}  // namespace
}  // namespace gm::event_ingestion
