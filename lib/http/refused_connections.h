#pragma once
// Connections that the server ends without an answer. Each is counted by its reason; the log has a line about a reason
// at most every ten seconds, because whoever overloads a server must not fill its disk too.

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/telemetry/logger.h"
#include "lib/telemetry/metrics.h"

namespace gm::http {

enum class RefusedReason : uint8_t { connections_max, slow_reader, slow_stream, tls_handshake };

// Safe to use from any thread.
class RefusedConnections {
 public:
  RefusedConnections(telemetry::Registry& registry, telemetry::Logger logger, const Clock& clock);

  // `detail`: what else is known, e.g. why a handshake failed.
  void count(RefusedReason reason, std::string_view detail = {});

 private:
  struct PerReason {
    telemetry::Counter* counter = nullptr;
    std::atomic<int64_t> quiet_until_ns{0};
    std::atomic<uint64_t> untold{0};
  };

  const telemetry::Logger logger_;
  const Clock& clock_;
  std::array<PerReason, 4> reasons_;
};

}  // namespace gm::http
