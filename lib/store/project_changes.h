#pragma once
// Port: changes of how a project's numbers are told, which need an analytics store that was counted that way. Embedded:
// SQLite, the same file as the metadata.

#include <span>
#include <string_view>
#include <vector>

#include "lib/base/ids.h"
#include "lib/base/result.h"
#include "lib/event/rate_table.h"

namespace gm::store {

// Errors: gm-metadata-unavailable.
class ProjectChanges {
 public:
  virtual ~ProjectChanges() = default;
  // Changes the project, and notes in the same step that an analytics store counted that way waits to take the place of
  // the other. Error gm-project-unknown.
  virtual Status set_project(ProjectId project, std::string_view time_zone, std::string_view currency) = 0;
  // Rates to `base`, by currency and day.
  virtual Result<std::vector<event::Rate>> rates(std::string_view base) = 0;
  // Adds them, in place of those of the same currency and day; `counted_anew`: and notes in the same step that a store
  // counted so waits.
  virtual Status keep_rates(std::string_view base, std::span<const event::Rate> rates, bool counted_anew) = 0;
  // Another one whenever rates were kept.
  virtual Result<int64_t> rates_revision() = 0;
  virtual Result<bool> new_store_waits() = 0;
  virtual Status new_store_taken() = 0;
};

}  // namespace gm::store
