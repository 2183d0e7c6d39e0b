#pragma once
// Reads the processor's two topics, every partition from its own position.

#include <cstdint>
#include <map>
#include <string>
#include <utility>
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

  // Starts every partition at its stored position, or at offset 0. Errors, when log and store do not belong together:
  // gm-log-behind-store: the log ends before a stored position, so it lost its end. What it gives out next would carry
  // offsets that the store holds as applied.
  // gm-store-behind-log: the log begins behind a stored position, so events would be missing from every number.
  Status resume(const std::vector<store::LogPosition>& stored, int64_t now_ms);
  // Durable events that are not applied.
  uint64_t waiting() const;
  // Up to about these many events and bytes (at least one frame if there is any). Does not move the position.
  Input read(size_t events_max, size_t bytes_max);
  void advance(const Input& applied);
  // Nothing waited at this moment.
  void note_caught_up(int64_t now_ms);
  // By partition of events.raw: what was appended up to this moment is applied.
  const std::map<log::Partition, int64_t>& complete_to_ms() const { return complete_to_ms_; }
  // Blocks until something waits or the time has passed.
  void wait(int64_t timeout_ms);

  const std::vector<store::LogPosition>& positions() const { return positions_; }

 private:
  void read_partition(store::LogPosition& position, size_t events_max, size_t bytes_max, Input& input);
  void skip_gap(store::LogPosition& position);
  Status check(const store::LogPosition& position) const;
  // When the first frame that is not applied was appended; 0: it cannot be read.
  int64_t first_waiting_ms(const store::LogPosition& position);
  // Counts every failure; writes a line when a partition begins to fail and when it can be read again.
  void report(const store::LogPosition& position, const Status& read);

  log::EventLog* log_;
  telemetry::Registry* metrics_;
  telemetry::Logger logger_;
  std::vector<store::LogPosition> positions_;
  std::map<log::Partition, int64_t> complete_to_ms_;
  std::map<std::pair<log::Topic, log::Partition>, std::string> failing_;  // with the error's code
  size_t first_ = 0;  // the partition that is read first next time, so that a busy one cannot starve the others
};

}  // namespace gm::event_processor
