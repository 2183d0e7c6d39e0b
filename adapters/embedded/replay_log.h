#pragma once
// The whole past as one log: archived segments first, then the log itself. For making a store again.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/embedded/segment_format.h"
#include "lib/io/file.h"
#include "lib/log/event_log.h"

namespace gm::embedded {

// Offsets that neither the archive nor the log has, or that are damaged in the archive.
struct ReplayGap {
  log::Topic topic = log::Topic::events_raw;
  log::Offset from = 0;
  log::Offset upto = 0;
  std::string reason;
};

// Begins at offset 0 and takes no appends; release() keeps everything. A gap is met once: read() answers with
// gm-log-offset-gone, and begin() is then behind the gap. One thread reads a topic.
class ReplayLog final : public log::EventLog {
 public:
  // `archive` has a folder with segment files per topic, as the log itself. `log` and `files` outlive this.
  // Error: gm-log-unavailable.
  static Result<std::unique_ptr<ReplayLog>> open(log::EventLog& log, io::FileSystem& files, const std::string& archive);

  log::Partition partition_count(log::Topic topic) const override { return log_.partition_count(topic); }
  void append(log::Topic topic, log::Partition partition, std::string payload, uint32_t count,
              log::AppendDone done) override;
  Result<std::vector<log::Frame>> read(log::Topic topic, log::Partition partition, log::Offset from,
                                       size_t bytes_max) override;
  log::Offset begin(log::Topic topic, log::Partition partition) const override;
  log::Offset end(log::Topic topic, log::Partition partition) const override { return log_.end(topic, partition); }
  bool wait_past(log::Topic topic, log::Partition partition, log::Offset offset, int64_t timeout_ms) override {
    return log_.wait_past(topic, partition, offset, timeout_ms);
  }
  Status release(log::Topic, log::Partition, log::Offset) override { return {}; }
  size_t queued_bytes() const override { return 0; }
  void close() override {}

  std::vector<ReplayGap> gaps() const;

 private:
  struct Archive {
    std::string folder;
    std::vector<log::Offset> bases;             // of its segments, rising
    std::map<log::Offset, uint64_t> positions;  // of the frames passed in the segment read last
    log::Offset read_last = 0;                  // its base
  };
  ReplayLog(log::EventLog& log, io::FileSystem& files) : log_(log), files_(files) {}
  // Frames of the segment at `base` that end behind `from`, which moves along. Error: gm-log-*.
  Status read_segment(Archive& archive, log::Offset base, log::Offset& from, size_t bytes_max,
                      std::vector<log::Frame>& frames);
  Error gap(log::Topic topic, const Archive& archive, log::Offset from, std::string reason);

  log::EventLog& log_;
  io::FileSystem& files_;
  std::map<log::Topic, Archive> archives_;
  mutable std::mutex mutex_;  // guards what follows
  std::map<log::Topic, log::Offset> begin_;
  std::vector<ReplayGap> gaps_;
};

}  // namespace gm::embedded
