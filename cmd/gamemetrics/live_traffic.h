#pragma once
// Plays a simulated game against a server, now: what `simulate` does, and `demo` after its history.

#include <cstdint>
#include <functional>

#include "cmd/gamemetrics/api_client.h"
#include "cmd/gamemetrics/event_sender.h"
#include "lib/base/clock.h"

namespace gm::gamemetrics {

struct LiveTrafficOptions {
  ServerOptions server;
  double rate = 20;
  int64_t seconds = 0;   // 0: until stopped
  uint32_t players = 0;  // 0: from the rate
  uint64_t seed = 1;
  size_t connections = 8;
};

struct LiveTrafficResult {
  SendCounts counts;
  double seconds = 0;
  int64_t behind_ms = 0;  // how late the last events left
  Status status;
};

LiveTrafficResult run_live_traffic(const LiveTrafficOptions& options, const Clock& clock,
                                   const std::function<bool()>& stopping,
                                   const std::function<void(const SendCounts&)>& progress);

}  // namespace gm::gamemetrics
