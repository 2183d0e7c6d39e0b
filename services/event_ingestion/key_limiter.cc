#include "services/event_ingestion/key_limiter.h"

#include <algorithm>
#include <mutex>

#include "lib/base/time.h"

namespace gm::event_ingestion {
namespace {

constexpr int64_t kNsPerSecond = 1'000'000'000;
constexpr int64_t kNsPerMs = 1'000'000;

}  // namespace

KeyLimits KeyLimits::from(const config::Settings& settings) {
  return {settings.integer("ingest.key_requests_per_second"), settings.integer("ingest.key_events_per_second"),
          settings.bytes("ingest.key_bytes_per_second"), settings.duration_ms("ingest.key_burst")};
}

int64_t TokenBucket::take(int64_t amount, int64_t per_second, int64_t burst_ns, int64_t now_ns) {
  if (per_second == 0 || amount == 0) return 0;
  const auto cost_ns =
      static_cast<int64_t>(static_cast<double>(amount) * kNsPerSecond / static_cast<double>(per_second));
  int64_t full_at = full_at_ns_.load(std::memory_order_relaxed);
  for (;;) {
    const int64_t from = std::max(full_at, now_ns);
    const int64_t over = from + cost_ns - now_ns - burst_ns;
    const bool is_full = from == now_ns;
    if (over > 0 && !is_full) return std::min(over, from - now_ns);
    if (full_at_ns_.compare_exchange_weak(full_at, from + cost_ns, std::memory_order_relaxed)) return 0;
  }
}

int64_t TokenBucket::left(int64_t per_second, int64_t burst_ns, int64_t now_ns) const {
  const int64_t used_ns = std::max<int64_t>(0, full_at_ns_.load(std::memory_order_relaxed) - now_ns);
  const auto free_ns = static_cast<double>(std::max<int64_t>(0, burst_ns - used_ns));
  return static_cast<int64_t>(free_ns * static_cast<double>(per_second) / kNsPerSecond);
}

KeyLimiter::Buckets& KeyLimiter::buckets_of(int64_t key) {
  {
    const std::shared_lock lock(mutex_);
    const auto found = buckets_.find(key);
    if (found != buckets_.end()) return *found->second;
  }
  const std::unique_lock lock(mutex_);
  auto& made = buckets_[key];
  if (!made) made = std::make_unique<Buckets>();
  return *made;
}

std::optional<KeyLimiter::Refusal> KeyLimiter::take_request(int64_t key, size_t body_bytes,
                                                            std::optional<int64_t>& requests_left) {
  Buckets& buckets = buckets_of(key);
  const int64_t now = clock_.monotonic_ns();
  const int64_t burst = limits_.burst_ms * kNsPerMs;
  const auto wait_ms = [](int64_t wait_ns) { return (wait_ns + kNsPerMs - 1) / kNsPerMs; };
  if (const int64_t wait = buckets.requests.take(1, limits_.requests_per_second, burst, now); wait > 0)
    return Refusal{"requests", "ingest.key_requests_per_second", limits_.requests_per_second, wait_ms(wait)};
  if (limits_.requests_per_second > 0) {
    requests_left =
        std::min(limits_.requests_per_second, buckets.requests.left(limits_.requests_per_second, burst, now));
  }
  const auto bytes = static_cast<int64_t>(body_bytes);
  if (const int64_t wait = buckets.bytes.take(bytes, limits_.bytes_per_second, burst, now); wait > 0)
    return Refusal{"bytes", "ingest.key_bytes_per_second", limits_.bytes_per_second, wait_ms(wait)};
  return std::nullopt;
}

std::optional<KeyLimiter::Refusal> KeyLimiter::take_events(int64_t key, uint32_t events) {
  if (limits_.events_per_second == 0) return std::nullopt;
  const int64_t wait = buckets_of(key).events.take(events, limits_.events_per_second, limits_.burst_ms * kNsPerMs,
                                                   clock_.monotonic_ns());
  if (wait == 0) return std::nullopt;
  return Refusal{"events", "ingest.key_events_per_second", limits_.events_per_second, (wait + kNsPerMs - 1) / kNsPerMs};
}

}  // namespace gm::event_ingestion
