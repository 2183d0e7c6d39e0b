#pragma once

#include "cmd/gamemetrics/cli.h"

namespace gm::gamemetrics {

void add_project_command(Cli& cli);

}  // namespace gm::gamemetrics
