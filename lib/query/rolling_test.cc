#include "lib/query/rolling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "lib/base/random.h"

namespace gm::query {
namespace {

using testing::ElementsAre;

TEST(RollingTest, APlayerIsCountedOnceForEveryDayHisWindowReaches) {
  // One player, active on days 10 and 12: the week that ends with a day holds him on days 10..18.
  const std::vector<ActivityGap> gaps = {{Date{10}, 2, 1}, {Date{12}, 0, 1}};
  EXPECT_THAT(players_in_window(gaps, {Date{9}, Date{20}}, 7), ElementsAre(0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0));
}

TEST(RollingTest, ActivityBeforeTheRangeReachesIntoIt) {
  EXPECT_THAT(players_in_window({{Date{4}, 0, 5}}, {Date{10}, Date{11}}, 7), ElementsAre(5, 0));
}

TEST(RollingTest, AWindowOfOneDayIsTheDay) {
  EXPECT_THAT(players_in_window({{Date{1}, 1, 3}, {Date{2}, 0, 4}}, {Date{1}, Date{3}}, 1), ElementsAre(3, 4, 0));
}

TEST(RollingTest, EqualsCountingSets) {
  constexpr int kDays = 80;
  SeededRandom random(20261123);
  std::map<int, std::set<int>> days_of;  // player -> active days
  for (int i = 0; i < 900; ++i)
    days_of[static_cast<int>(random.below(60))].insert(static_cast<int>(random.below(kDays)));
  std::vector<ActivityGap> gaps;
  for (const auto& [player, days] : days_of) {
    for (auto day = days.begin(); day != days.end(); ++day) {
      const auto next = std::next(day);
      gaps.push_back({Date{*day}, next == days.end() ? 0 : *next - *day, 1});
    }
  }
  for (const int window : {1, 7, 30}) {
    const auto counted = players_in_window(gaps, {Date{30}, Date{kDays - 1}}, window);
    for (int day = 30; day < kDays; ++day) {
      int64_t expected = 0;
      for (const auto& [player, days] : days_of) {
        const auto first = days.lower_bound(day - window + 1);
        if (first != days.end() && *first <= day) ++expected;
      }
      EXPECT_EQ(counted[static_cast<size_t>(day - 30)], expected) << "window " << window << " day " << day;
    }
  }
}

}  // namespace
}  // namespace gm::query
