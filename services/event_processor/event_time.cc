#include "services/event_processor/event_time.h"

#include <cstdlib>

#include "lib/base/calendar_range.h"
#include "lib/store/erasable_store.h"

namespace gm::event_processor {

int64_t clock_offset_ms(const event::BatchInfo& info, const TimeRules& rules) {
  if (info.historical || info.sent_ms == 0) return 0;
  if (!has_calendar_date(info.sent_ms) || !has_calendar_date(info.received_ms)) return 0;
  const int64_t skew = info.received_ms - info.sent_ms;
  return std::abs(skew) > rules.skew_tolerance_ms ? skew : 0;
}

EventTime event_time(const event::BatchInfo& info, const event::Event& event, int64_t offset_ms,
                     const TimeRules& rules) {
  EventTime result{event.time_ms, event.flags, false};
  if (info.historical) result.flags |= store::kHistorical;
  // Times that the server itself gave need no correction.
  const bool own_clock =
      (event.flags & (event::kTimeAbsent | event::kServerClock)) != 0 || event.time_ms == info.received_ms;
  if (!has_calendar_date(event.time_ms)) {
    result.time_ms = info.received_ms;
    result.flags |= event::kTimeClamped;
  } else if (!own_clock && offset_ms != 0) {
    result.time_ms += offset_ms;
    result.flags |= event::kTimeShifted;
  }
  if (result.time_ms > info.received_ms + rules.future_max_ms) {
    result.time_ms = info.received_ms;
    result.flags |= event::kTimeClamped;
  }
  result.late = !info.historical && info.received_ms - result.time_ms > rules.late_after_ms;
  return result;
}

}  // namespace gm::event_processor
