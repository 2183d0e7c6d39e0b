#pragma once
// Reads the processor's two topics, every partition from its own position.

#include <cstdint>
#include <vector>

#include "lib/base/clock.h"
#include "lib/log/event_log.h"
#include "lib/store/analytics_store.h"
#include "lib/telemetry/catalog.h"
#include "lib/telemetry/logger.h"

namespace gm::event_processor {

struct InputFrame {
  log::Topic topic = log::Topic::events_raw;
  log::Partition partition = 0;
  log::Frame frame;
  log::Offset from = 0;  // earlier events of the frame are applied already
};

struct Input {
  std::vector<InputFrame> frames;
  std::vector<store::LogPosition> next;  // positions after these frames, of the partitions that gave any
  size_t events = 0;
};

// One thread.
class LogSource {
 public:
  LogSource(log::EventLog& log, telemetry::Registry& metrics, telemetry::Logger logger);

  // Starts every partition at its stored position, or at the log's beginning.
  void resume(const std::vector<store::LogPosition>& stored);
  // Durable events that are not applied.
  uint64_t waiting() const;
  // Up to about these many events and bytes (at least one frame if there is any). Does not move the position.
  Input read(size_t events_max, size_t bytes_max);
  void advance(const std::vector<store::LogPosition>& next);
  // Blocks until something waits or the time has passed.
  void wait(int64_t timeout_ms);

  const std::vector<store::LogPosition>& positions() const { return positions_; }

 private:
  void read_partition(store::LogPosition& position, size_t events_max, size_t bytes_max, Input& input);
  void skip_gap(store::LogPosition& position);
  void report_error(const store::LogPosition& position, const Error& error);

  log::EventLog* log_;
  telemetry::Registry* metrics_;
  telemetry::Logger logger_;
  std::vector<store::LogPosition> positions_;
  size_t first_ = 0;  // the partition that is read first next time, so that a busy one cannot starve the others
};

}  // namespace gm::event_processor
