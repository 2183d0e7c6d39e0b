#include "services/event_processor/day_calendar.h"

namespace gm::event_processor {
namespace {

// Ten years of days; a sender of random times must not fill the memory.
constexpr size_t kSpansMax = 3660;

int32_t utc_day_of(int64_t unix_ms) {
  const int64_t days = unix_ms / kMsPerDay;
  return static_cast<int32_t>(unix_ms % kMsPerDay < 0 ? days - 1 : days);
}

// The date whose day holds the instant; local_date() is at most one day beside it where a clock change repeats
// midnight.
Date date_at(const TimeZone& zone, int64_t unix_ms) {
  Date date = zone.local_date(unix_ms);
  while (zone.start_of(date) > unix_ms) date = date - 1;
  while (zone.start_of(date + 1) <= unix_ms) date = date + 1;
  return date;
}

}  // namespace

Date DayCalendar::date_of(int64_t unix_ms) {
  const int32_t utc_day = utc_day_of(unix_ms);
  if (utc_day != last_day_) {
    last_ = span_of(utc_day);
    last_day_ = utc_day;
  }
  if (unix_ms < last_.second_from) return last_.first;
  if (unix_ms < last_.third_from) return last_.first + 1;
  return date_at(zone_, unix_ms);
}

const DayCalendar::Span& DayCalendar::span_of(int32_t utc_day) {
  const auto known = spans_.find(utc_day);
  if (known != spans_.end()) return known->second;
  if (spans_.size() >= kSpansMax) spans_.clear();
  const Date first = date_at(zone_, utc_day * kMsPerDay);
  return spans_[utc_day] = {first, zone_.start_of(first + 1), zone_.start_of(first + 2)};
}

}  // namespace gm::event_processor
