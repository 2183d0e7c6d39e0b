#pragma once

#include "cmd/gamemetrics/cli.h"

namespace gm::gamemetrics {

void add_backup_command(Cli& cli);

}  // namespace gm::gamemetrics
