#pragma once
// Local dates of one time zone, fast: asking the zone database for every event would cost more than all else.

#include <cstdint>
#include <unordered_map>

#include "lib/base/time.h"

namespace gm::event_processor {

// A day is [start_of(date), start_of(date + 1)), whatever the zone does in between. One thread.
class DayCalendar {
 public:
  explicit DayCalendar(TimeZone zone) : zone_(std::move(zone)) {}
  Date date_of(int64_t unix_ms);
  const TimeZone& zone() const { return zone_; }

 private:
  // The local dates of one UTC day: `first` until `second_from`, the next date until `third_from`, and so on.
  struct Span {
    Date first;
    int64_t second_from = 0;
    int64_t third_from = 0;
  };
  const Span& span_of(int32_t utc_day);

  TimeZone zone_;
  std::unordered_map<int32_t, Span> spans_;
  int32_t last_day_ = INT32_MIN;
  Span last_;
};

}  // namespace gm::event_processor
