#include "lib/simulated_game/calendar.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace gm::simulated_game {
namespace {

// Share of play by local hour.
constexpr std::array<int, 24> kHours = {14, 8,  5,  3,  2,  3,  8,  16, 22, 20, 20, 24,
                                        32, 30, 26, 28, 34, 42, 52, 62, 68, 64, 46, 28};

int pick_hour(SeededRandom& random) {
  static constexpr int kTotal = [] {
    int total = 0;
    for (const int weight : kHours) total += weight;
    return total;
  }();
  int left = static_cast<int>(random.below(kTotal));
  for (int hour = 0; hour < 24; ++hour) {
    left -= kHours[static_cast<size_t>(hour)];
    if (left < 0) return hour;
  }
  return 23;
}

}  // namespace

Calendar::Calendar(const Options& options) {
  const Date last = options.zone.local_date(options.end_ms - 1);
  first_ = last - (options.days - 1);
  for (int day = 0; day <= options.days; ++day) starts_.push_back(options.zone.start_of(first_ + day));
  double total = 0;
  for (int day = 0; day < options.days; ++day) {
    // 1970-01-01 was a Thursday: days 2 and 3 of such a week are the weekend.
    const int weekday = (first_.days + day) % 7;
    const double weekend = weekday == 2 || weekday == 3 ? 1.3 : 1.0;
    total += weekend * (1 + 3 * std::exp(-day / 3.0));
    installs_.push_back(total);
  }
  for (double& share : installs_) share /= total;
}

int64_t Calendar::moment(int day, SeededRandom& random) const {
  const double share = (pick_hour(random) + random.unit()) / 24;  // of a day that may have 23 or 25 hours
  return start_of(day) + static_cast<int64_t>(share * static_cast<double>(end_of(day) - start_of(day)));
}

int Calendar::install_day(SeededRandom& random) const {
  const auto found = std::lower_bound(installs_.begin(), installs_.end(), random.unit());
  return static_cast<int>(std::min<ptrdiff_t>(found - installs_.begin(), days() - 1));
}

}  // namespace gm::simulated_game
