#pragma once
// The event log of the single binary: segment files with checksummed frames, made durable by group commit.
// Byte layout and recovery rules: docs/formats/log-segment.md.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/base/result.h"
#include "lib/io/file.h"
#include "lib/log/event_log.h"
#include "lib/log/log_rewrite.h"

namespace gm::config {
class Settings;
}
namespace gm::telemetry {
class Registry;
}

namespace gm::embedded {

struct LogSettings {
  std::string directory;                          // <data_dir>/log; one folder per topic below it
  uint64_t segment_bytes = 128ull << 20;          // log.segment_bytes
  int64_t segment_age_ms = 24ll * 3600 * 1000;    // log.segment_age
  uint64_t queue_bytes_max = 64ull << 20;         // log.queue_bytes_max
  uint64_t disk_free_min = 256ull << 20;          // log.disk_free_min
  int64_t retention_ms = 7ll * 24 * 3600 * 1000;  // log.retention

  static LogSettings from(const config::Settings& settings);
};

struct LogHooks {
  // The log has stopped for good (a failed fdatasync, most likely): the process should end and be started again. Called
  // once, on the log's own thread, before any append of that commit is answered.
  std::function<void(const Error&)> failed;
  // Called by release() before a segment is removed; an error keeps the segment. May see the same segment again after a
  // crash.
  std::function<Status(const std::string& segment_path, log::Topic topic, log::Offset base)> archive;
  // Called on the log's own thread with what answers the appends of a commit, which it must call: the place to do
  // something before and after all of these answers. Empty: they are given just so.
  std::function<void(const std::function<void()>& answer_all)> answering;
  // Where segment salts come from; null: the kernel.
  Random* random = nullptr;
};

// What open() had to cut off: the un-acknowledged rest of a commit that a crash interrupted. Worth a log line each.
struct TornTail {
  std::string segment_path;
  uint64_t position = 0;  // the file's new length
  uint64_t bytes = 0;     // how many were cut off
};

class EmbeddedLog final : public log::EventLog, public log::RewritableLog {
 public:
  // Takes the directory's lock. `files`, `clock` and `registry` (may be null) outlive the log.
  // Errors: gm-log-locked, gm-log-corrupt (names file and byte; see log_check.h), gm-log-version (written by a newer
  // release), gm-log-unavailable.
  static Result<std::unique_ptr<EmbeddedLog>> open(LogSettings settings, io::FileSystem& files, const Clock& clock,
                                                   telemetry::Registry* registry, LogHooks hooks = {});
  ~EmbeddedLog() override;

  log::Partition partition_count(log::Topic topic) const override;
  void append(log::Topic topic, log::Partition partition, std::string payload, uint32_t count,
              log::AppendDone done) override;
  void append_later(log::Topic topic, log::Partition partition, std::string payload, uint32_t count,
                    log::AppendDone done) override;
  void start_commit() override;
  Result<std::vector<log::Frame>> read(log::Topic topic, log::Partition partition, log::Offset from,
                                       size_t bytes_max) override;
  log::Offset begin(log::Topic topic, log::Partition partition) const override;
  log::Offset end(log::Topic topic, log::Partition partition) const override;
  bool wait_past(log::Topic topic, log::Partition partition, log::Offset offset, int64_t timeout_ms) override;
  Status release(log::Topic topic, log::Partition partition, log::Offset upto) override;
  size_t queued_bytes() const override;
  // Not from inside a callback of the log.
  void close() override;
  Result<log::RewriteCounts> rewrite(const log::RecordEdit& edit) override;

  const std::vector<TornTail>& torn_tails() const;
  // True after the log stopped for good.
  bool failed() const;

 private:
  struct State;
  explicit EmbeddedLog(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gm::embedded
