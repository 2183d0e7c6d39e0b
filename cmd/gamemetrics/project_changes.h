#pragma once
// Part of the module map, for the few that change how a project's numbers are told.

#include <memory>

#include "lib/base/result.h"
#include "lib/config/settings.h"
#include "lib/store/project_changes.h"

namespace gm::gamemetrics {

Result<std::unique_ptr<store::ProjectChanges>> open_project_changes(const config::Settings& settings);

}  // namespace gm::gamemetrics
