#pragma once
// Private to this folder: a number for each project that changes with its data.

#include <cstdint>
#include <map>
#include <mutex>

#include "lib/store/analytics_store.h"

namespace gm::duckdb {

// Safe to use from several threads.
class ProjectVersions {
 public:
  // Whatever came of applying it: a commit that did not answer may have happened.
  void note(const store::MicroBatch& batch);
  void note(ProjectId project);
  uint64_t of(ProjectId project) const;

 private:
  mutable std::mutex mutex_;
  std::map<ProjectId, uint64_t> versions_;
};

}  // namespace gm::duckdb
