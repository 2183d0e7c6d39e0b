#include "lib/http/refused_connections.h"

#include <utility>

#include "lib/telemetry/catalog.h"

namespace gm::http {
namespace {

constexpr int64_t kQuietNs = 10'000'000'000;

struct Words {
  std::string_view reason;
  std::string_view setting;
  std::string_view message;
};

// In the order of RefusedReason.
constexpr std::array kWords = {
    Words{"connections_max", "http.connections_max", "connections closed at once: as many are open as may be"},
    Words{"slow_reader", "http.body_timeout", "connections closed: the client took nothing of its answer in time"},
    Words{"slow_stream", "http.stream_queue_bytes_max", "streams closed: the reader is slower than its feed"},
    Words{"tls_handshake", "http.header_timeout", "connections closed: the TLS handshake failed or took too long"},
};

}  // namespace

RefusedConnections::RefusedConnections(telemetry::Registry& registry, telemetry::Logger logger, const Clock& clock)
    : logger_(std::move(logger)), clock_(clock) {
  static_assert(kWords.size() == std::tuple_size_v<decltype(reasons_)>);
  for (size_t i = 0; i < kWords.size(); ++i)
    reasons_[i].counter = &registry.counter(telemetry::kHttpConnectionsRefused, {kWords[i].reason});
}

void RefusedConnections::count(RefusedReason reason, std::string_view detail) {
  const Words& words = kWords[static_cast<size_t>(reason)];
  PerReason& own = reasons_[static_cast<size_t>(reason)];
  own.counter->add();
  own.untold.fetch_add(1, std::memory_order_relaxed);
  const int64_t now_ns = clock_.monotonic_ns();
  int64_t until_ns = own.quiet_until_ns.load(std::memory_order_relaxed);
  // Of several threads that find the time come, one tells.
  if (until_ns != 0 && now_ns < until_ns) return;
  if (!own.quiet_until_ns.compare_exchange_strong(until_ns, now_ns + kQuietNs, std::memory_order_relaxed)) return;
  const uint64_t connections = own.untold.exchange(0, std::memory_order_relaxed);
  if (detail.empty()) {
    logger_.warn(words.message, {{"reason", words.reason}, {"setting", words.setting}, {"connections", connections}});
  } else {
    logger_.warn(
        words.message,
        {{"reason", words.reason}, {"setting", words.setting}, {"connections", connections}, {"detail", detail}});
  }
}

}  // namespace gm::http
