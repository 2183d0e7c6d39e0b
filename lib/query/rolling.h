#pragma once
// Distinct players of rolling windows, counted without sets.
//
// A player active on day x whose next active day is x + g (g = 0: none known) is, among his active days, the newest one
// on or before day d exactly for d in [x, x + g). So the distinct players of the L days that end with d are the
// activities at d - k, 0 <= k < L, with g > k or g = 0: every player is counted once, at his newest activity. One
// histogram over (day, gap) answers every window.

#include <cstdint>
#include <vector>

#include "lib/base/time.h"
#include "lib/query/calendar.h"

namespace gm::query {

struct ActivityGap {
  Date date;
  int gap = 0;  // days until the next active day; 0: none
  int64_t players = 0;
};

// One count per day of `range`. `gaps` must reach back window_days - 1 days before it.
std::vector<int64_t> players_in_window(const std::vector<ActivityGap>& gaps, DateRange range, int window_days);

}  // namespace gm::query
