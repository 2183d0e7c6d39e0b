#include "cmd/gamemetrics/project_lookup.h"

namespace gm::gamemetrics {

using event_processor::ProjectProfile;

Result<std::optional<ProjectProfile>> ProjectLookup::find(ProjectId project) {
  const auto projects = metadata_.projects();
  if (!projects) return projects.error();
  for (const store::Project& row : *projects) {
    if (row.id != project) continue;
    auto zone = TimeZone::find(row.time_zone);
    if (!zone) return zone.error();  // a missing time zone database: tried again rather than counted in another zone
    auto rates = rates_.to(row.currency);
    if (!rates) return rates.error();
    return std::optional<ProjectProfile>(ProjectProfile{std::move(*zone), row.currency, std::move(*rates)});
  }
  return std::optional<ProjectProfile>();
}

}  // namespace gm::gamemetrics
