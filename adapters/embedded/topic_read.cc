#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "adapters/embedded/segment_reader.h"
#include "adapters/embedded/segment_rewrite.h"
#include "adapters/embedded/topic_log.h"

namespace gm::embedded {
namespace {

// Keeps the deadline inside the range of the clock.
constexpr int64_t kWaitMax = 3600 * 1000;

Error offset_gone(log::Offset from) {
  return {std::string(kLogOffsetGone), fmt::format("offset {} is no longer in the log", from)};
}

}  // namespace

log::Offset TopicLog::begin() const {
  const std::lock_guard guard(mutex_);
  return begin_;
}

log::Offset TopicLog::end() const {
  const std::lock_guard guard(mutex_);
  return end_;
}

uint64_t TopicLog::bytes() const {
  const std::lock_guard guard(mutex_);
  return bytes_;
}

bool TopicLog::gone(log::Offset from) const {
  const std::lock_guard guard(mutex_);
  return from < begin_;
}

bool TopicLog::wait_past(log::Offset offset, int64_t timeout_ms) {
  std::unique_lock guard(mutex_);
  ++waiters_;
  grown_.wait_for(guard, std::chrono::milliseconds(std::min(timeout_ms, kWaitMax)),
                  [&] { return end_ > offset || closed_; });
  --waiters_;
  return end_ > offset;
}

void TopicLog::close() {
  const std::lock_guard guard(mutex_);
  closed_ = true;
  grown_.notify_all();
}

Result<std::vector<log::Frame>> TopicLog::read(log::Offset from, size_t bytes_max) {
  std::vector<log::Frame> frames;
  size_t bytes = 0;
  while (frames.empty() || bytes < bytes_max) {
    ReadPlan plan{};
    auto file = plan_and_open(from, plan);
    Status read = file ? Status() : Status(file.error());
    if (file && !*file) break;
    if (read) read = read_segment(plan, **file, from, bytes_max, bytes, frames);
    if (read) continue;
    // What came before the problem is good; the next call meets the problem first.
    if (!frames.empty()) break;
    return read.error();
  }
  return frames;
}

// False: nothing at or after `from` yet.
Result<bool> TopicLog::plan_read(log::Offset from, ReadPlan& plan) const {
  const std::lock_guard guard(mutex_);
  if (from < begin_) return offset_gone(from);
  if (from >= end_) return false;
  const auto behind =
      std::upper_bound(segments_.begin(), segments_.end(), from,
                       [](log::Offset offset, const auto& segment) { return offset < segment->header.base; });
  plan.segment = *std::prev(behind);
  plan.limit = plan.segment->bytes;
  plan.end = plan.segment->end;
  plan.position = kSegmentHeaderBytes;
  const auto& index = plan.segment->index;
  const auto entry = std::upper_bound(index.begin(), index.end(), from,
                                      [](log::Offset offset, const IndexEntry& one) { return offset < one.base; });
  if (entry != index.begin()) plan.position = std::prev(entry)->position;
  return true;
}

Result<std::unique_ptr<io::File>> TopicLog::plan_and_open(log::Offset from, ReadPlan& plan) {
  const std::shared_lock guard(replace_mutex_);
  const auto planned = plan_read(from, plan);
  if (!planned) return planned.error();
  if (!*planned) return std::unique_ptr<io::File>();
  auto file = surroundings_.files.open(plan.segment->path, io::OpenMode::read);
  if (!file) return gone(from) ? offset_gone(from) : unavailable(file.error());
  return file;
}

Status TopicLog::read_segment(const ReadPlan& plan, io::File& file, log::Offset& from, size_t bytes_max, size_t& bytes,
                              std::vector<log::Frame>& frames) {
  const std::string& path = plan.segment->path;
  SegmentReader reader(file, plan.segment->header.salt, plan.position, plan.limit);
  std::vector<IndexEntry> passed;
  std::optional<log::Offset> expected;
  Status status;
  while (frames.empty() || bytes < bytes_max) {
    const SegmentReader::Step step = reader.next();
    if (step == SegmentReader::Step::unreadable) status = reader.error();
    if (step == SegmentReader::Step::damaged) status = corrupt(path, reader.position(), reader.problem());
    if (step == SegmentReader::Step::end) {
      if (expected.value_or(from) != plan.end)
        status = corrupt(path, reader.position(), "frames are missing at the end");
      from = plan.end;
    }
    if (step != SegmentReader::Step::frame) break;
    const FrameHeader& header = reader.header();
    if (expected && header.base != *expected) {
      status = corrupt(path, reader.position(), "a frame does not follow the one before it");
      break;
    }
    expected = header.end();
    add_to_index(passed, header.base, reader.position());
    if (header.end() <= from) continue;
    from = header.end();
    if (!header.is_data()) continue;
    frames.push_back({header.base, header.count, header.appended_ms, std::string(reader.payload())});
    bytes += header.bytes();
  }
  const std::lock_guard guard(mutex_);
  for (const IndexEntry& entry : passed) add_to_index(plan.segment->index, entry.base, entry.position);
  return status;
}

Status TopicLog::release(log::Offset upto, int64_t now_ms,
                         const std::function<Status(const std::string&, log::Topic, log::Offset)>& archive) {
  const std::lock_guard releasing(release_mutex_);
  while (true) {
    std::shared_ptr<Segment> oldest;
    {
      const std::lock_guard guard(mutex_);
      if (segments_.size() < 2 || segments_[1]->header.base > upto) return {};
      oldest = segments_.front();
      if (now_ms - oldest->last_ms < surroundings_.settings.retention_ms) return {};
    }
    if (archive) {
      if (Status archived = archive(oldest->path, topic_, oldest->header.base); !archived) return archived;
    }
    {
      const std::lock_guard guard(mutex_);
      segments_.pop_front();
      begin_ = segments_.front()->header.base;
      bytes_ -= oldest->bytes;
    }
    if (Status removed = surroundings_.files.remove(oldest->path); !removed) return unavailable(removed.error());
    // One by one, oldest first: if a later removal survived a power loss and an earlier one did not, a hole would look
    // like damage.
    if (Status synced = surroundings_.files.sync_directory(directory_); !synced) return unavailable(synced.error());
  }
}

Result<log::RewriteCounts> TopicLog::rewrite(Random& random, const log::RecordEdit& edit) {
  const std::lock_guard releasing(release_mutex_);
  std::vector<std::shared_ptr<Segment>> closed;
  {
    const std::lock_guard guard(mutex_);
    if (!segments_.empty()) closed.assign(segments_.begin(), std::prev(segments_.end()));
  }
  log::RewriteCounts counts;
  for (const std::shared_ptr<Segment>& segment : closed) {
    const auto made = rewrite_segment(surroundings_.files, random, topic_, segment->path, segment->bytes, edit);
    if (!made) return made.error();
    if (!*made) continue;
    if (Status placed = replace_segment(segment, (*made)->path, (*made)->header, (*made)->bytes); !placed)
      return placed.error();
    counts += {1, (*made)->events};
  }
  return counts;
}

Status TopicLog::replace_segment(const std::shared_ptr<Segment>& old, const std::string& path,
                                 const SegmentHeader& header, uint64_t bytes) {
  auto segment = std::make_shared<Segment>();
  segment->path = old->path;
  segment->header = header;
  segment->end = old->end;
  segment->bytes = bytes;
  segment->last_ms = old->last_ms;
  {
    const std::unique_lock replacing(replace_mutex_);
    if (Status moved = surroundings_.files.rename(path, old->path); !moved) return unavailable(moved.error());
    const std::lock_guard guard(mutex_);
    std::replace(segments_.begin(), segments_.end(), old, segment);
    bytes_ += bytes;
    bytes_ -= old->bytes;
  }
  if (Status synced = surroundings_.files.sync_directory(directory_); !synced) return unavailable(synced.error());
  return {};
}

}  // namespace gm::embedded
