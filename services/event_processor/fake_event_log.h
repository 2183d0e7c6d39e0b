#pragma once
// For tests: an event log in memory. What is appended is durable at once.

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "lib/log/event_log.h"

namespace gm::event_processor {

class FakeEventLog final : public log::EventLog {
 public:
  explicit FakeEventLog(log::Partition partitions = 1) : partitions_(partitions) {}

  log::Partition partition_count(log::Topic) const override { return partitions_; }

  void append(log::Topic topic, log::Partition partition, std::string payload, uint32_t count,
              log::AppendDone done) override {
    const log::Offset base = append_at(topic, partition, std::move(payload), count, 0);
    if (done) done(base);
  }
  log::Offset append_at(log::Topic topic, log::Partition partition, std::string payload, uint32_t count,
                        int64_t appended_ms) {
    log::Offset base = 0;
    {
      const std::lock_guard lock(mutex_);
      Part& part = parts_[{topic, partition}];
      base = part.end;
      part.frames.push_back({base, count, appended_ms, std::move(payload)});
      part.end += count;
    }
    changed_.notify_all();
    return base;
  }

  Result<std::vector<log::Frame>> read(log::Topic topic, log::Partition partition, log::Offset from,
                                       size_t bytes_max) override {
    const std::lock_guard lock(mutex_);
    if (!read_error_.code.empty()) return read_error_;
    const Part& part = parts_[{topic, partition}];
    if (from < part.begin) return Error{"gm-log-offset-gone", "released"};
    std::vector<log::Frame> frames;
    size_t bytes = 0;
    const auto first = std::partition_point(part.frames.begin(), part.frames.end(),
                                            [&](const log::Frame& f) { return f.base + f.count <= from; });
    for (auto at = first; at != part.frames.end(); ++at) {
      const log::Frame& frame = *at;
      if (!frames.empty() && bytes + frame.payload.size() > bytes_max) break;
      bytes += frame.payload.size();
      frames.push_back(frame);
    }
    return frames;
  }

  log::Offset begin(log::Topic topic, log::Partition partition) const override {
    const std::lock_guard lock(mutex_);
    const auto part = parts_.find({topic, partition});
    return part == parts_.end() ? 0 : part->second.begin;
  }
  log::Offset end(log::Topic topic, log::Partition partition) const override {
    const std::lock_guard lock(mutex_);
    const auto part = parts_.find({topic, partition});
    return part == parts_.end() ? 0 : part->second.end;
  }

  bool wait_past(log::Topic topic, log::Partition partition, log::Offset offset, int64_t timeout_ms) override {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::milliseconds(timeout_ms),
                             [&] { return parts_[{topic, partition}].end > offset; });
  }

  Status release(log::Topic topic, log::Partition partition, log::Offset upto) override {
    const std::lock_guard lock(mutex_);
    released_[{topic, partition}] = upto;
    return {};
  }
  size_t queued_bytes() const override { return 0; }
  void close() override {}

  log::Offset released(log::Topic topic, log::Partition partition) const {
    const std::lock_guard lock(mutex_);
    const auto found = released_.find({topic, partition});
    return found == released_.end() ? 0 : found->second;
  }
  // As if retention had removed everything below.
  void drop_below(log::Topic topic, log::Partition partition, log::Offset begin) {
    const std::lock_guard lock(mutex_);
    parts_[{topic, partition}].begin = begin;
  }
  void set_read_error(Error error) {
    const std::lock_guard lock(mutex_);
    read_error_ = std::move(error);
  }

 private:
  struct Part {
    std::vector<log::Frame> frames;
    log::Offset begin = 0;
    log::Offset end = 0;
  };
  using PartKey = std::pair<log::Topic, log::Partition>;

  log::Partition partitions_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<PartKey, Part> parts_;
  std::map<PartKey, log::Offset> released_;
  Error read_error_;
};

}  // namespace gm::event_processor
