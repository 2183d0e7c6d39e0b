#include "lib/query/rolling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "lib/base/random.h"

namespace gm::query {
namespace {

using testing::ElementsAre;

std::vector<DayPlayersPtr> days_of(const std::vector<std::set<uint64_t>>& players_by_day) {
  std::vector<DayPlayersPtr> days;
  for (const auto& players : players_by_day) {
    std::map<uint64_t, uint64_t> blocks;
    for (const uint64_t player : players)
      blocks[player / kPlayersPerBlock] |= uint64_t{1} << (player % kPlayersPerBlock);
    DayPlayers day;
    for (const auto& [number, bits] : blocks) day.blocks.push_back({number, bits});
    days.push_back(std::make_shared<const DayPlayers>(std::move(day)));
  }
  return days;
}

TEST(RollingTest, APlayerIsCountedOnceForEveryDayHisWindowReaches) {
  EXPECT_THAT(players_in_window(days_of({{5}, {}, {5, 9}, {}, {}, {}}), 3), ElementsAre(2, 2, 2, 0));
}

TEST(RollingTest, AWindowOfOneDayIsTheDay) {
  EXPECT_THAT(players_in_window(days_of({{0, 62, 63}, {}, {63}}), 1), ElementsAre(3, 0, 1));
}

TEST(RollingTest, NobodyIsNobody) { EXPECT_THAT(players_in_window(days_of({{}, {}, {}}), 2), ElementsAre(0, 0)); }

// Keys close together, spread over many slices, and far apart.
class RollingSpreadTest : public testing::TestWithParam<uint64_t> {};

TEST_P(RollingSpreadTest, EqualsCountingSets) {
  constexpr size_t kDays = 45;
  SeededRandom random(20261123);
  std::vector<std::set<uint64_t>> players(kDays);
  for (int i = 0; i < 3000; ++i) players[random.below(kDays)].insert(random.below(300) * GetParam());
  const auto days = days_of(players);
  for (const int window : {1, 2, 3, 7, 30, 45}) {
    const auto counted = players_in_window(days, window);
    ASSERT_EQ(counted.size(), kDays - static_cast<size_t>(window) + 1);
    for (size_t i = 0; i < counted.size(); ++i) {
      std::set<uint64_t> expected;
      for (size_t day = i; day < i + static_cast<size_t>(window); ++day)
        expected.insert(players[day].begin(), players[day].end());
      EXPECT_EQ(counted[i], static_cast<int64_t>(expected.size())) << "window " << window << " day " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Spreads, RollingSpreadTest, testing::Values(1, 1000, 1'000'003, uint64_t{1} << 50));

}  // namespace
}  // namespace gm::query
