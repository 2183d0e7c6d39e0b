#include "adapters/duckdb/project_versions.h"

#include <set>

namespace gm::duckdb {
namespace {

std::set<ProjectId> projects_of(const store::MicroBatch& batch) {
  std::set<ProjectId> projects;
  const auto add = [&projects](const auto&... rows) {
    const auto each = [&projects](const auto& list) {
      for (const auto& row : list) projects.insert(row.project);
    };
    (each(rows), ...);
  };
  add(batch.events, batch.players, batch.sessions, batch.player_days, batch.days, batch.cohort_days, batch.event_days,
      batch.rejected, batch.links, batch.player_links);
  return projects;
}

}  // namespace

void ProjectVersions::note(const store::MicroBatch& batch) {
  const std::set<ProjectId> projects = projects_of(batch);
  const std::lock_guard lock(mutex_);
  for (const ProjectId project : projects) ++versions_[project];
}

void ProjectVersions::note(ProjectId project) {
  const std::lock_guard lock(mutex_);
  ++versions_[project];
}

uint64_t ProjectVersions::of(ProjectId project) const {
  const std::lock_guard lock(mutex_);
  const auto found = versions_.find(project);
  return found == versions_.end() ? 0 : found->second;
}

}  // namespace gm::duckdb
