#pragma once
// What the time says about a day of a project: has it ended, may it still change. Pure: the moment is passed in.

#include <cstdint>

#include "lib/base/time.h"
#include "lib/query/language/date_range.h"

namespace gm::query {

class Calendar {
 public:
  Calendar(TimeZone zone, int64_t now_ms, int64_t late_window_ms)
      : zone_(std::move(zone)), now_ms_(now_ms), late_window_ms_(late_window_ms) {}

  Date today() const { return zone_.local_date(now_ms_); }
  // The next day has begun in the project's time zone. Days are 23 or 25 hours long where the clocks change.
  bool ended(Date date) const { return now_ms_ >= zone_.start_of(date + 1); }
  // Not ended, or ended so recently that late events still change it.
  bool provisional(Date date) const { return now_ms_ < zone_.start_of(date + 1) + late_window_ms_; }
  // No day of the range is provisional. The last one ends last, so it decides.
  bool complete(DateRange range) const { return !provisional(range.to); }

  int64_t start_of(Date date) const { return zone_.start_of(date); }
  int64_t now_ms() const { return now_ms_; }
  std::string_view zone_name() const { return zone_.name(); }

 private:
  TimeZone zone_;
  int64_t now_ms_;
  int64_t late_window_ms_;
};

}  // namespace gm::query
