#pragma once

#include "cmd/gamemetrics/cli.h"

namespace gm::gamemetrics {

void add_alert_command(Cli& cli);

}  // namespace gm::gamemetrics
