#pragma once
// Port: what is happening now. Nothing durable lives here; it is rebuilt from the store. Embedded: in process.
// Distributed: Redis.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/ids.h"

namespace gm::store {

struct LiveEvent {
  int64_t time_ms = 0;
  int64_t received_ms = 0;
  std::string event;
  std::string player;
  std::string country;
  std::string platform;
  std::string build;
  std::optional<int64_t> revenue_micros;
  std::string currency;
  std::string properties;  // JSON object
};

struct LiveMinute {
  int64_t minute_ms = 0;  // start of the minute
  uint64_t events = 0;
  uint64_t players = 0;  // distinct
};

struct LiveSnapshot {
  int64_t as_of_ms = 0;
  uint64_t players_5_min = 0;
  uint64_t players_30_min = 0;
  std::vector<LiveMinute> minutes;  // the last 30, oldest first, without gaps
  std::vector<LiveEvent> events;    // newest first, at most 100
};

// Safe to use from several threads.
class LiveState {
 public:
  using Listener = std::function<void(const LiveEvent&)>;

  virtual ~LiveState() = default;
  // Committed events in processing order; events older than 30 minutes are ignored.
  virtual void publish(ProjectId project, const std::vector<LiveEvent>& events) = 0;
  virtual LiveSnapshot snapshot(ProjectId project, int64_t now_ms) = 0;
  // The listener is called from publish(), must be quick, and is never called after unsubscribe() returns.
  virtual uint64_t subscribe(ProjectId project, Listener listener) = 0;
  virtual void unsubscribe(uint64_t subscription) = 0;
};

}  // namespace gm::store
