#include "services/analytics_api/statement_places.h"

#include <fmt/format.h>

namespace gm::analytics_api {

Result<StatementPlaces::Place> StatementPlaces::enter(ProjectId project) {
  const std::lock_guard lock(mutex_);
  if (total_ >= total_max_) {
    return Error{kind_.code, fmt::format("{} {} are running ({}); try again when one has ended", total_max_, kind_.what,
                                         kind_.total_setting)};
  }
  const auto found = count_.find(project);
  if ((found == count_.end() ? 0 : found->second) >= project_max_) {
    return Error{kind_.code, fmt::format("{} {} of this project are running ({}); try again when one has ended",
                                         project_max_, kind_.what, kind_.project_setting)};
  }
  ++count_[project];
  ++total_;
  return Place(*this, project);
}

void StatementPlaces::leave(ProjectId project) {
  const std::lock_guard lock(mutex_);
  --total_;
  if (--count_[project] == 0) count_.erase(project);
}

}  // namespace gm::analytics_api
