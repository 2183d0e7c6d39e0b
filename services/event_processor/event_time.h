#pragma once
// When did an event happen? The sender's clock is believed unless it is visibly wrong.

#include <cstdint>

#include "lib/event/event.h"

namespace gm::event_processor {

struct TimeRules {
  int64_t skew_tolerance_ms = 0;
  int64_t future_max_ms = 0;
  int64_t late_after_ms = 0;
};

struct EventTime {
  int64_t time_ms = 0;
  uint16_t flags = 0;  // the event's flags and what was done to its time
  bool late = false;
};

// What to add to every time of the batch: one offset for all, so that the order of a device's events is kept; 0 within
// the tolerance, because then the difference is mostly the network's delay.
int64_t clock_offset_ms(const event::BatchInfo& info, const TimeRules& rules);

EventTime event_time(const event::BatchInfo& info, const event::Event& event, int64_t offset_ms,
                     const TimeRules& rules);

}  // namespace gm::event_processor
