#pragma once
// What the processor must know of a project: in which zone its days lie and which currency its revenue is told in.

#include <memory>
#include <optional>
#include <string>

#include "lib/base/ids.h"
#include "lib/base/result.h"
#include "lib/base/time.h"
#include "lib/event/event.h"
#include "lib/event/rate_table.h"

namespace gm::event_processor {

struct ProjectProfile {
  TimeZone zone = TimeZone::utc();
  std::string currency;                                // ISO 4217
  std::shared_ptr<const event::RateTable> rates = {};  // to `currency`; none: nothing is converted
};

// What the event adds to the revenue: money in another currency than the project's does not count.
inline int64_t counted_micros(const event::Event& event, const ProjectProfile& profile) {
  return event.revenue_micros && event.currency == profile.currency ? *event.revenue_micros : 0;
}

// Called by the processor's thread, once per project and micro-batch.
class ProjectDirectory {
 public:
  virtual ~ProjectDirectory() = default;
  // nullopt: there is no such project (its events are counted in UTC, without revenue). An error is tried again: answer
  // with an error, not with nullopt, when the project cannot be looked up right now.
  virtual Result<std::optional<ProjectProfile>> find(ProjectId project) = 0;
};

}  // namespace gm::event_processor
