#include "services/event_processor/log_source.h"

#include <algorithm>

namespace gm::event_processor {
namespace {

constexpr log::Topic kTopics[] = {log::Topic::events_raw, log::Topic::events_rejected};
// The log wakes us for one partition only; the others are looked at after this.
constexpr int64_t kOtherPartitionsMs = 20;
// A read beyond the batch's last frame is thrown away, so reads are small beside a batch.
constexpr size_t kReadBytes = size_t{2} << 20;

}  // namespace

LogSource::LogSource(log::EventLog& log, telemetry::Registry& metrics, telemetry::Logger logger)
    : log_(&log), metrics_(&metrics), logger_(std::move(logger)) {}

void LogSource::resume(const std::vector<store::LogPosition>& stored) {
  positions_.clear();
  for (const log::Topic topic : kTopics) {
    for (log::Partition partition = 0; partition < log_->partition_count(topic); ++partition) {
      store::LogPosition position{topic, partition, log_->begin(topic, partition)};
      const auto known = std::find_if(stored.begin(), stored.end(), [&](const store::LogPosition& p) {
        return p.topic == topic && p.partition == partition;
      });
      if (known != stored.end()) {
        position.next = known->next;
        skip_gap(position);
        const log::Offset end = log_->end(topic, partition);
        if (position.next > end) {
          // The log lost its end (restored from an older copy). What it gives out next is new; repeats are found by id.
          logger_.error(
              "the store is ahead of the log; continuing at the log's end",
              {{"topic", log::topic_name(topic)}, {"partition", partition}, {"stored", position.next}, {"end", end}});
          position.next = end;
        }
      }
      positions_.push_back(position);
    }
  }
}

uint64_t LogSource::waiting() const {
  uint64_t events = 0;
  for (const store::LogPosition& position : positions_) {
    const log::Offset end = log_->end(position.topic, position.partition);
    if (end > position.next) events += end - position.next;
  }
  return events;
}

Input LogSource::read(size_t events_max, size_t bytes_max) {
  Input input;
  size_t bytes_left = bytes_max;
  for (size_t i = 0; i < positions_.size() && input.events < events_max && bytes_left > 0; ++i) {
    store::LogPosition& position = positions_[(first_ + i) % positions_.size()];
    const size_t before = input.frames.size();
    read_partition(position, events_max, bytes_left, input);
    for (size_t k = before; k < input.frames.size(); ++k) {
      bytes_left -= std::min(bytes_left, input.frames[k].frame.payload.size());
    }
  }
  if (!positions_.empty()) first_ = (first_ + 1) % positions_.size();
  return input;
}

void LogSource::read_partition(store::LogPosition& position, size_t events_max, size_t bytes_max, Input& input) {
  log::Offset next = position.next;
  size_t bytes = 0;
  while (input.events < events_max && bytes < bytes_max && log_->end(position.topic, position.partition) > next) {
    auto frames = log_->read(position.topic, position.partition, next, std::min(kReadBytes, bytes_max - bytes));
    if (!frames) {
      report_error(position, frames.error());
      if (frames.error().code == "gm-log-offset-gone" && next == position.next) {
        skip_gap(position);
        next = position.next;
      }
      break;
    }
    if (frames->empty()) break;
    for (log::Frame& frame : *frames) {
      if (input.events >= events_max || bytes >= bytes_max) break;
      const log::Offset from = std::max(next, frame.base);
      next = frame.base + frame.count;
      bytes += frame.payload.size();
      input.events += next - from;
      input.frames.push_back({position.topic, position.partition, std::move(frame), from});
    }
  }
  if (next != position.next) input.next.push_back({position.topic, position.partition, next});
}

void LogSource::advance(const std::vector<store::LogPosition>& next) {
  for (const store::LogPosition& to : next) {
    for (store::LogPosition& position : positions_) {
      if (position.topic == to.topic && position.partition == to.partition) position.next = to.next;
    }
  }
}

void LogSource::wait(int64_t timeout_ms) {
  if (positions_.empty()) return;
  const store::LogPosition& position = positions_.front();
  const int64_t limit = positions_.size() > 1 ? std::min(timeout_ms, kOtherPartitionsMs) : timeout_ms;
  log_->wait_past(position.topic, position.partition, position.next, limit);
}

void LogSource::skip_gap(store::LogPosition& position) {
  const log::Offset begin = log_->begin(position.topic, position.partition);
  if (begin <= position.next) return;
  metrics_->counter(telemetry::kProcessorLogGap, {log::topic_name(position.topic)}).add(begin - position.next);
  logger_.error("events left the log before they were applied", {{"topic", log::topic_name(position.topic)},
                                                                 {"partition", position.partition},
                                                                 {"from", position.next},
                                                                 {"to", begin}});
  position.next = begin;
}

void LogSource::report_error(const store::LogPosition& position, const Error& error) {
  metrics_->counter(telemetry::kProcessorErrors, {"log"}).add();
  logger_.error("the log cannot be read", {{"topic", log::topic_name(position.topic)},
                                           {"partition", position.partition},
                                           {"offset", position.next},
                                           {"code", error.code},
                                           {"detail", error.message}});
}

}  // namespace gm::event_processor
