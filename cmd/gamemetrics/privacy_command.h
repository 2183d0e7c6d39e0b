#pragma once

#include "cmd/gamemetrics/cli.h"

namespace gm::gamemetrics {

void add_privacy_command(Cli& cli);

}  // namespace gm::gamemetrics
