#pragma once
// How fast one key may send: requests, events and bytes a second, each with a burst. One key that floods is refused
// cheaply, so that the others keep their place.

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string_view>
#include <unordered_map>

#include "lib/base/clock.h"
#include "lib/config/settings.h"

namespace gm::event_ingestion {

struct KeyLimits {
  int64_t requests_per_second = 0;  // 0 in each of the three: no limit
  int64_t events_per_second = 0;
  int64_t bytes_per_second = 0;  // of bodies as sent
  int64_t burst_ms = 0;          // so much time's worth may come at once

  static KeyLimits from(const config::Settings& settings);
};

// A token bucket kept as one number: the moment at which it will be full again (the generic cell rate algorithm of ATM
// Forum TM 4.1, 4.4.2). Lock-free.
class TokenBucket {
 public:
  // Takes `amount` at `now_ns`; 0 when there was enough, else how long to wait, in ns, and nothing is taken. More than
  // a whole bucket is given to whom finds it full: else it could never be had.
  int64_t take(int64_t amount, int64_t per_second, int64_t burst_ns, int64_t now_ns);
  // What could be taken at `now_ns`.
  int64_t left(int64_t per_second, int64_t burst_ns, int64_t now_ns) const;
  // The same without taking anything.
  int64_t wait_for(int64_t amount, int64_t per_second, int64_t burst_ns, int64_t now_ns) const;

 private:
  std::atomic<int64_t> full_at_ns_{0};
};

// Thread-safe.
class KeyLimiter {
 public:
  KeyLimiter(const KeyLimits& limits, const Clock& clock) : limits_(limits), clock_(clock) {}

  struct Refusal {
    std::string_view limit;  // "requests", "events" or "bytes"
    std::string_view setting;
    int64_t per_second = 0;
    int64_t wait_ms = 0;  // until it would be taken
  };
  // `key`: Principal::key. Each is asked once per request, in this order. A key whose events were refused gets its next
  // requests refused, too, until the time it was told has passed: what it sends in spite of that is not decoded.
  // `requests_left`: how many more of them could come at once, at most a second's worth; stays as it is without a
  // limit.
  std::optional<Refusal> take_request(int64_t key, size_t body_bytes, std::optional<int64_t>& requests_left);
  std::optional<Refusal> take_events(int64_t key, uint32_t events);
  // What take_request() would say, without taking.
  std::optional<Refusal> look_at_request(int64_t key, size_t body_bytes);
  int64_t requests_per_second() const { return limits_.requests_per_second; }
  // True when some key was refused a moment ago: then it is worth to look for a request's key before decoding it.
  bool pressed() const { return clock_.monotonic_ns() < pressed_until_ns_.load(std::memory_order_relaxed); }

 private:
  struct Buckets {
    TokenBucket requests, events, bytes;
    std::atomic<int64_t> events_wait_until_ns{0};
  };
  Buckets& buckets_of(int64_t key);
  std::optional<Refusal> refused(std::string_view limit, std::string_view setting, int64_t per_second, int64_t wait_ns);
  std::optional<Refusal> events_owed(const Buckets& buckets, int64_t now_ns);

  const KeyLimits limits_;
  const Clock& clock_;
  std::atomic<int64_t> pressed_until_ns_{0};
  std::shared_mutex mutex_;
  std::unordered_map<int64_t, std::unique_ptr<Buckets>> buckets_;  // as many as there are keys
};

}  // namespace gm::event_ingestion
