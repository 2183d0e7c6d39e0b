#pragma once
// Port: the durable event log. What it acknowledges survives a crash; consumers read it by position and it never hands
// out what is not durable. Embedded: adapters/embedded (segments, group commit). Distributed: Kafka.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace gm::log {

enum class Topic : uint8_t {
  events_raw = 0,
  events_enriched = 1,
  events_rejected = 2,
  player_updates = 3,
  notifications = 4,
  privacy_requests = 5,
};
inline constexpr int kTopicCount = 6;
// "events.raw" and so on: the directory, the Kafka topic and the metric label.
std::string_view topic_name(Topic topic);

// Positions count events, not bytes: a frame of 100 events at base 500 covers 500..599.
using Offset = uint64_t;
using Partition = uint32_t;

// One atomic append: all of its events are durable, or none.
struct Frame {
  Offset base = 0;
  uint32_t count = 0;       // events in the payload, >= 1
  int64_t appended_ms = 0;  // wall clock at append
  std::string payload;      // opaque to the log
};

// Called exactly once, possibly on a thread of the log, never from inside append(). Carries the frame's base offset, or
// gm-log-full (queue or disk past its limit: nothing stored, try again) or gm-log-failed (the log has stopped: nothing
// is known to be stored).
using AppendDone = std::function<void(Result<Offset>)>;

class EventLog {
 public:
  virtual ~EventLog() = default;

  virtual Partition partition_count(Topic topic) const = 0;

  // Takes the payload; `done` fires after it is durable. count >= 1.
  virtual void append(Topic topic, Partition partition, std::string payload, uint32_t count, AppendDone done) = 0;

  // Durable frames from the one that contains `from`, in order, until about `bytes_max` (at least one frame if there is
  // any). Empty: nothing at or after `from` yet. Errors: gm-log-offset-gone (already released), gm-log-corrupt.
  virtual Result<std::vector<Frame>> read(Topic topic, Partition partition, Offset from, size_t bytes_max) = 0;

  // The first retained offset, and the first offset not yet durable.
  virtual Offset begin(Topic topic, Partition partition) const = 0;
  virtual Offset end(Topic topic, Partition partition) const = 0;

  // Blocks until end() > `offset`, `timeout_ms` has passed or the log is closed; true when there is something to read.
  virtual bool wait_past(Topic topic, Partition partition, Offset offset, int64_t timeout_ms) = 0;

  // Every consumer is done with offsets below `upto`: whole segments below it may be removed.
  virtual Status release(Topic topic, Partition partition, Offset upto) = 0;

  // Bytes waiting to become durable; the ingestion's in-flight budget counts them.
  virtual size_t queued_bytes() const = 0;

  // Stops taking appends, makes queued ones durable, ends its threads. Later calls of append() get gm-log-failed.
  virtual void close() = 0;

  // append() for a caller that has more to come at once: the log may wait for start_commit(), so that all of it becomes
  // durable together. Who calls this calls start_commit() soon after, whatever happens.
  virtual void append_later(Topic topic, Partition partition, std::string payload, uint32_t count, AppendDone done) {
    append(topic, partition, std::move(payload), count, std::move(done));
  }
  virtual void start_commit() {}
};

}  // namespace gm::log
