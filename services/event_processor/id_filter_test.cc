#include "services/event_processor/id_filter.h"

#include <gtest/gtest.h>

#include <vector>

#include "lib/base/random.h"
#include "lib/base/time.h"

namespace gm::event_processor {
namespace {

constexpr int64_t kNow = 1'790'000'000'000;
constexpr int64_t kWindow = 7 * kMsPerDay;

TEST(IdFilter, FindsEveryIdOfTheWindowWithItsTimeOfReceipt) {
  IdFilter filter(1 << 20, kWindow);
  SeededRandom random(1);
  std::vector<std::pair<uint64_t, int64_t>> ids;
  for (int i = 0; i < 150'000; ++i) {
    const int64_t received_ms = kNow + i * kWindow / 150'000;
    ids.emplace_back(random.next(), received_ms);
    filter.insert(ids.back().first, received_ms);
  }
  for (const auto& [hash, received_ms] : ids) {
    const auto range = filter.find(hash, kNow + kWindow);
    ASSERT_TRUE(range);
    ASSERT_LE(range->from_ms, received_ms);
    ASSERT_GE(range->to_ms, received_ms);
    ASSERT_LE(range->to_ms - range->from_ms, 2 * kWindow / 8);
  }
}

TEST(IdFilter, WrongMaybesAreRarerThanOneInAMillionAtNormalFill) {
  constexpr int64_t kBytes = 4 << 20;
  IdFilter filter(kBytes, kWindow);
  SeededRandom random(2);
  const auto capacity = static_cast<int>(filter.bucket_count() * 16);
  for (int i = 0; i < capacity * 85 / 100; ++i) filter.insert(random.next(), kNow);
  EXPECT_EQ(filter.overflows(), 0u);
  int wrong = 0;
  for (int i = 0; i < 1'500'000; ++i) wrong += filter.find(random.next(), kNow) ? 1 : 0;
  EXPECT_LE(wrong, 2);
}

TEST(IdFilter, AnOverfullFilterSaysMaybeRatherThanNo) {
  IdFilter filter(64 << 10, kWindow);
  SeededRandom random(3);
  std::vector<uint64_t> hashes;
  for (int i = 0; i < 40'000; ++i) hashes.push_back(random.next());
  for (const uint64_t hash : hashes) filter.insert(hash, kNow);
  EXPECT_GT(filter.overflows(), 0u);
  for (const uint64_t hash : hashes) ASSERT_TRUE(filter.find(hash, kNow));
}

TEST(IdFilter, MemoryIsUsedAgainAfterTheWindow) {
  IdFilter filter(64 << 10, kWindow);
  SeededRandom random(4);
  for (int day = 0; day < 60; ++day) {
    for (int i = 0; i < 1500; ++i) filter.insert(random.next(), kNow + day * kMsPerDay);
  }
  EXPECT_EQ(filter.overflows(), 0u) << "9 days of 1500 fit, 60 do not";
}

TEST(IdFilter, OverflowIsForgottenAfterTheWindow) {
  IdFilter filter(64 << 10, kWindow);
  SeededRandom random(5);
  for (int i = 0; i < 40'000; ++i) filter.insert(random.next(), kNow);
  filter.insert(random.next(), kNow + 12 * kMsPerDay);
  int maybes = 0;
  for (int i = 0; i < 10'000; ++i) maybes += filter.find(random.next(), kNow + 12 * kMsPerDay) ? 1 : 0;
  EXPECT_EQ(maybes, 0);
}

TEST(IdFilter, ReceiptsThatGoBackAreFoundToo) {
  IdFilter filter(1 << 20, kWindow);
  filter.insert(0x1234567890abcdefull, kNow);
  filter.insert(0xfedcba0987654321ull, kNow - 3 * kMsPerDay);
  EXPECT_TRUE(filter.find(0xfedcba0987654321ull, kNow));
  EXPECT_TRUE(filter.find(0x1234567890abcdefull, kNow - 3 * kMsPerDay));
  EXPECT_FALSE(filter.find(0x5555555555555555ull, kNow));
}

TEST(IdFilter, AClockThatWasFarAheadMakesNoRepeatNew) {
  IdFilter filter(1 << 20, kWindow);
  filter.insert(1, kNow + 365 * kMsPerDay);
  filter.insert(0x1234567890abcdefull, kNow);
  const auto range = filter.find(0x1234567890abcdefull, kNow + 1000);
  ASSERT_TRUE(range);
  EXPECT_LE(range->from_ms, kNow);
  EXPECT_GE(range->to_ms, kNow);
}

TEST(IdFilter, ProjectsHaveIdsOfTheirOwn) {
  const Uuid id{1, 2};
  EXPECT_NE(IdFilter::hash(ProjectId::from_stored(1), id), IdFilter::hash(ProjectId::from_stored(2), id));
}

}  // namespace
}  // namespace gm::event_processor
