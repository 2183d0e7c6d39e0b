#include "lib/query/rolling.h"

#include <algorithm>

namespace gm::query {

std::vector<int64_t> players_in_window(const std::vector<ActivityGap>& gaps, DateRange range, int window_days) {
  // +1 on the day a player becomes counted by an activity, -1 on the first day it no longer does; then running sums.
  std::vector<int64_t> changes(static_cast<size_t>(range.days()) + 1, 0);
  const auto index = [&](Date date) { return static_cast<size_t>(std::clamp(date - range.from, 0, range.days())); };
  for (const ActivityGap& row : gaps) {
    const int covered = row.gap == 0 ? window_days : std::min(row.gap, window_days);
    changes[index(row.date)] += row.players;
    changes[index(row.date + covered)] -= row.players;
  }
  changes.pop_back();
  for (size_t i = 1; i < changes.size(); ++i) changes[i] += changes[i - 1];
  return changes;
}

}  // namespace gm::query
