#include "services/event_ingestion/key_limiter.h"

#include <algorithm>
#include <mutex>

#include "lib/base/time.h"

namespace gm::event_ingestion {
namespace {

constexpr int64_t kNsPerSecond = 1'000'000'000;
constexpr int64_t kNsPerMs = 1'000'000;
constexpr int64_t kPressedNs = 2 * kNsPerSecond;

int64_t cost_ns(int64_t amount, int64_t per_second) {
  if (per_second == 0) return 0;
  return static_cast<int64_t>(static_cast<double>(amount) * kNsPerSecond / static_cast<double>(per_second));
}

// How long a bucket that is full again at `full_at` lets wait for what costs `cost_ns`.
int64_t wait_at(int64_t full_at_ns, int64_t cost_ns, int64_t burst_ns, int64_t now_ns) {
  const int64_t ahead = std::max(full_at_ns, now_ns) - now_ns;
  const int64_t over = ahead + cost_ns - burst_ns;
  return over > 0 && ahead > 0 ? std::min(over, ahead) : 0;
}

int64_t in_ms(int64_t ns) { return (ns + kNsPerMs - 1) / kNsPerMs; }

}  // namespace

KeyLimits KeyLimits::from(const config::Settings& settings) {
  return {settings.integer("ingest.key_requests_per_second"), settings.integer("ingest.key_events_per_second"),
          settings.bytes("ingest.key_bytes_per_second"), settings.duration_ms("ingest.key_burst")};
}

int64_t TokenBucket::take(int64_t amount, int64_t per_second, int64_t burst_ns, int64_t now_ns) {
  const int64_t cost = cost_ns(amount, per_second);
  if (cost == 0) return 0;
  int64_t full_at = full_at_ns_.load(std::memory_order_relaxed);
  for (;;) {
    if (const int64_t wait = wait_at(full_at, cost, burst_ns, now_ns); wait > 0) return wait;
    if (full_at_ns_.compare_exchange_weak(full_at, std::max(full_at, now_ns) + cost, std::memory_order_relaxed))
      return 0;
  }
}

int64_t TokenBucket::left(int64_t per_second, int64_t burst_ns, int64_t now_ns) const {
  const int64_t used_ns = std::max<int64_t>(0, full_at_ns_.load(std::memory_order_relaxed) - now_ns);
  const auto free_ns = static_cast<double>(std::max<int64_t>(0, burst_ns - used_ns));
  return static_cast<int64_t>(free_ns * static_cast<double>(per_second) / kNsPerSecond);
}

int64_t TokenBucket::wait_for(int64_t amount, int64_t per_second, int64_t burst_ns, int64_t now_ns) const {
  const int64_t cost = cost_ns(amount, per_second);
  return cost == 0 ? 0 : wait_at(full_at_ns_.load(std::memory_order_relaxed), cost, burst_ns, now_ns);
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

std::optional<KeyLimiter::Refusal> KeyLimiter::refused(std::string_view limit, std::string_view setting,
                                                       int64_t per_second, int64_t wait_ns) {
  pressed_until_ns_.store(clock_.monotonic_ns() + kPressedNs, std::memory_order_relaxed);
  return Refusal{limit, setting, per_second, in_ms(wait_ns)};
}

std::optional<KeyLimiter::Refusal> KeyLimiter::events_owed(const Buckets& buckets, int64_t now_ns) {
  const int64_t wait = buckets.events_wait_until_ns.load(std::memory_order_relaxed) - now_ns;
  if (wait <= 0) return std::nullopt;
  return refused("events", "ingest.key_events_per_second", limits_.events_per_second, wait);
}

std::optional<KeyLimiter::Refusal> KeyLimiter::take_request(int64_t key, size_t body_bytes,
                                                            std::optional<int64_t>& requests_left) {
  Buckets& buckets = buckets_of(key);
  const int64_t now = clock_.monotonic_ns();
  const int64_t burst = limits_.burst_ms * kNsPerMs;
  if (const int64_t wait = buckets.requests.take(1, limits_.requests_per_second, burst, now); wait > 0)
    return refused("requests", "ingest.key_requests_per_second", limits_.requests_per_second, wait);
  if (limits_.requests_per_second > 0) {
    requests_left =
        std::min(limits_.requests_per_second, buckets.requests.left(limits_.requests_per_second, burst, now));
  }
  const auto bytes = static_cast<int64_t>(body_bytes);
  if (const int64_t wait = buckets.bytes.take(bytes, limits_.bytes_per_second, burst, now); wait > 0)
    return refused("bytes", "ingest.key_bytes_per_second", limits_.bytes_per_second, wait);
  return events_owed(buckets, now);
}

std::optional<KeyLimiter::Refusal> KeyLimiter::look_at_request(int64_t key, size_t body_bytes) {
  const Buckets& buckets = buckets_of(key);
  const int64_t now = clock_.monotonic_ns();
  const int64_t burst = limits_.burst_ms * kNsPerMs;
  if (const int64_t wait = buckets.requests.wait_for(1, limits_.requests_per_second, burst, now); wait > 0)
    return refused("requests", "ingest.key_requests_per_second", limits_.requests_per_second, wait);
  const auto bytes = static_cast<int64_t>(body_bytes);
  if (const int64_t wait = buckets.bytes.wait_for(bytes, limits_.bytes_per_second, burst, now); wait > 0)
    return refused("bytes", "ingest.key_bytes_per_second", limits_.bytes_per_second, wait);
  return events_owed(buckets, now);
}

std::optional<KeyLimiter::Refusal> KeyLimiter::take_events(int64_t key, uint32_t events) {
  if (limits_.events_per_second == 0) return std::nullopt;
  Buckets& buckets = buckets_of(key);
  const int64_t now = clock_.monotonic_ns();
  const int64_t wait = buckets.events.take(events, limits_.events_per_second, limits_.burst_ms * kNsPerMs, now);
  if (wait == 0) return std::nullopt;
  buckets.events_wait_until_ns.store(now + wait, std::memory_order_relaxed);
  return refused("events", "ingest.key_events_per_second", limits_.events_per_second, wait);
}

}  // namespace gm::event_ingestion
