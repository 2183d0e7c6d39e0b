#pragma once
// The internal address: probes for orchestrators and /metrics. Liveness looks at nothing but the process; readiness at
// what requests need.

#include <functional>
#include <string>
#include <vector>

#include "lib/http/message.h"
#include "lib/telemetry/metrics.h"

namespace gm::gamemetrics {

struct ProbeCheck {
  std::string name;
  std::function<bool()> ok;
};

// `started`: the start is over. Everything outlives the router.
void register_probes(http::Router& router, std::vector<ProbeCheck> checks, std::function<bool()> started,
                     const telemetry::Registry& registry);

}  // namespace gm::gamemetrics
