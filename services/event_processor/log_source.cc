#include "services/event_processor/log_source.h"

#include <fmt/format.h>

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

Status LogSource::resume(const std::vector<store::LogPosition>& stored, int64_t now_ms) {
  positions_.clear();
  for (const log::Topic topic : kTopics) {
    for (log::Partition partition = 0; partition < log_->partition_count(topic); ++partition) {
      store::LogPosition position{topic, partition, 0};
      for (const store::LogPosition& known : stored) {
        if (known.topic == topic && known.partition == partition) position.next = known.next;
      }
      if (auto fits = check(position); !fits) return fits;
      positions_.push_back(position);
      if (topic != log::Topic::events_raw) continue;
      const bool waits = log_->end(topic, partition) > position.next;
      complete_to_ms_[partition] = waits ? first_waiting_ms(position) : now_ms;
    }
  }
  return {};
}

Status LogSource::check(const store::LogPosition& position) const {
  const log::Offset begin = log_->begin(position.topic, position.partition);
  const log::Offset end = log_->end(position.topic, position.partition);
  const std::string where = fmt::format("{}, partition {}", log::topic_name(position.topic), position.partition);
  if (position.next > end) {
    return Error{
        "gm-log-behind-store",
        fmt::format("the log ends at {} ({}), but the store holds events up to {}: the log lost its end, or it "
                    "is another server's. Restore the log's files; or, when they are gone for good, go on with "
                    "what the store holds: gamemetrics log accept-loss --yes",
                    end, where, position.next)};
  }
  if (position.next < begin) {
    return Error{"gm-store-behind-log",
                 fmt::format("the log begins at {} ({}), but the store holds events up to {} only: those in between "
                             "would be missing. Make the store again from archive and log: gamemetrics rebuild",
                             begin, where, position.next)};
  }
  return {};
}

int64_t LogSource::first_waiting_ms(const store::LogPosition& position) {
  const auto frames = log_->read(position.topic, position.partition, position.next, 1);
  return frames && !frames->empty() ? frames->front().appended_ms : 0;
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
  while (input.events < events_max && bytes < bytes_max) {
    const log::Offset end = log_->end(position.topic, position.partition);
    if (end <= next) break;
    auto frames = log_->read(position.topic, position.partition, next, std::min(kReadBytes, bytes_max - bytes));
    report(position, frames ? Status() : Status(frames.error()));
    if (!frames) {
      if (frames.error().code == "gm-log-offset-gone" && next == position.next) {
        skip_gap(position);
        next = position.next;
      }
      break;
    }
    if (frames->empty()) {  // positions that a repair or an erasure left without events
      next = end;
      break;
    }
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

void LogSource::advance(const Input& applied) {
  for (const store::LogPosition& to : applied.next) {
    for (store::LogPosition& position : positions_) {
      if (position.topic == to.topic && position.partition == to.partition) position.next = to.next;
    }
  }
  for (const InputFrame& input : applied.frames) {
    if (input.topic != log::Topic::events_raw) continue;
    int64_t& known = complete_to_ms_[input.partition];
    known = std::max(known, input.frame.appended_ms);
  }
}

void LogSource::note_caught_up(int64_t now_ms) {
  for (auto& [partition, ms] : complete_to_ms_) ms = std::max(ms, now_ms);
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

void LogSource::report(const store::LogPosition& position, const Status& read) {
  const std::pair key(position.topic, position.partition);
  if (read.ok()) {
    if (!failing_.empty() && failing_.erase(key) > 0)
      logger_.info("the log can be read again", {{"topic", log::topic_name(position.topic)}});
    return;
  }
  metrics_->counter(telemetry::kProcessorErrors, {"log"}).add();
  const Error& error = read.error();
  if (std::exchange(failing_[key], error.code) == error.code) return;
  logger_.error("the log cannot be read", {{"topic", log::topic_name(position.topic)},
                                           {"partition", position.partition},
                                           {"offset", position.next},
                                           {"code", error.code},
                                           {"detail", error.message}});
}

}  // namespace gm::event_processor
