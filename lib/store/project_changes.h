#pragma once
// Port: changes of how a project's numbers are told, which need an analytics store that was counted that way. Embedded:
// SQLite, the same file as the metadata.

#include <string_view>

#include "lib/base/ids.h"
#include "lib/base/result.h"

namespace gm::store {

// Errors: gm-metadata-unavailable.
class ProjectChanges {
 public:
  virtual ~ProjectChanges() = default;
  // Changes the project, and notes in the same step that an analytics store counted that way waits to take the place of
  // the other. Error gm-project-unknown.
  virtual Status set_project(ProjectId project, std::string_view time_zone, std::string_view currency) = 0;
  virtual Result<bool> new_store_waits() = 0;
  virtual Status new_store_taken() = 0;
};

}  // namespace gm::store
