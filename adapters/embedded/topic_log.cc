#include "adapters/embedded/topic_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gm::embedded {
namespace {

// Bounds what one fdatasync waits for, and keeps FrameHeader::commit_back far inside its 32 bits.
constexpr uint64_t kCommitBytesMax = 64ull << 20;

Error failed(const Error& cause) { return {std::string(kLogFailed), cause.message}; }

// Want of space or of descriptors passes; after anything else the state of the disk is unknown.
Error full_or_failed(const Error& cause) {
  if (cause.code == io::kNoSpace || cause.code == io::kNoResources) return {std::string(kLogFull), cause.message};
  return failed(cause);
}

}  // namespace

TopicLog::TopicLog(log::Topic topic, Surroundings surroundings)
    : topic_(topic),
      surroundings_(surroundings),
      directory_(fmt::format("{}/{}", surroundings.settings.directory, log::topic_name(topic))) {}

Result<size_t> TopicLog::write(std::span<const Append> appends, int64_t now_ms) {
  if (Status room = make_room(kFrameHeaderBytes + appends.front().payload.size(), now_ms); !room) return room.error();
  const size_t taken = lay_out(appends, now_ms);
  if (Status wrote = file_->write_at(parts_, newest_->bytes); !wrote) return undo_write(wrote.error());
  return taken;
}

// Fills headers_, parts_ and written_ for the appends that belong into the newest segment: at least one.
size_t TopicLog::lay_out(std::span<const Append> appends, int64_t now_ms) {
  written_ = {0, newest_->end, {}, now_ms};
  headers_.clear();
  headers_.reserve(appends.size());  // parts_ points into it
  parts_.clear();
  for (const Append& append : appends) {
    FrameHeader frame;
    frame.payload_bytes = static_cast<uint32_t>(append.payload.size());
    const bool fits = newest_->bytes + written_.bytes + frame.bytes() <= surroundings_.settings.segment_bytes &&
                      written_.bytes + frame.bytes() <= kCommitBytesMax;
    if (!fits && !headers_.empty()) break;
    frame.base = written_.end;
    frame.count = append.count;
    frame.appended_ms = now_ms;
    frame.commit_back = static_cast<uint32_t>(written_.bytes);
    frame.payload_crc = append.payload_crc;
    headers_.push_back(encode(frame, newest_->header.salt));
    parts_.emplace_back(headers_.back().data(), headers_.back().size());
    parts_.emplace_back(append.payload);
    add_to_index(written_.index, frame.base, newest_->bytes + written_.bytes);
    written_.end = frame.end();
    written_.bytes += frame.bytes();
  }
  return headers_.size();
}

Status TopicLog::commit() {
  if (Status synced = file_->sync_data(); !synced) return failed(synced.error());
  sealed_ = false;
  const std::lock_guard guard(mutex_);
  if (newest_->end == newest_->header.base) newest_->first_ms = written_.now_ms;
  newest_->last_ms = written_.now_ms;
  newest_->end = written_.end;
  newest_->bytes += written_.bytes;
  for (const IndexEntry& entry : written_.index) add_to_index(newest_->index, entry.base, entry.position);
  bytes_ += written_.bytes;
  end_ = written_.end;
  if (waiters_ > 0) grown_.notify_all();
  return {};
}

// "Nothing is stored" must also hold after a power loss, hence the sync: it is waited for on the way of a refusal only.
Error TopicLog::undo_write(const Error& cause) {
  if (Status cut = file_->truncate(newest_->bytes); !cut) return failed(cut.error());
  if (Status synced = file_->sync_data(); !synced) return failed(synced.error());
  return full_or_failed(cause);
}

Status TopicLog::make_room(uint64_t bytes, int64_t now_ms) {
  if (!newest_) return start_segment(end_);
  const LogSettings& settings = surroundings_.settings;
  const bool holds_any = newest_->end > newest_->header.base;
  const bool finished =
      newest_->bytes + bytes > settings.segment_bytes || now_ms - newest_->first_ms >= settings.segment_age_ms;
  // Once begun, a roll must be completed: the next segment's file may exist already, and it says that this one is
  // finished.
  if (!rolling_ && !(holds_any && finished)) return {};
  rolling_ = true;
  if (!sealed_) {
    if (Status sealed = write_seal(); !sealed) return sealed;
  }
  Status started = start_segment(newest_->end);
  if (started) rolling_ = false;
  return started;
}

Status TopicLog::roll() {
  if (!newest_ || newest_->end == newest_->header.base) return {};
  rolling_ = true;
  return make_room(0, newest_->last_ms);
}

Status TopicLog::write_seal() {
  FrameHeader seal;
  seal.base = newest_->end;
  seal.flags = kSeal;
  seal.appended_ms = newest_->last_ms;
  const FrameHeaderBytes bytes = encode(seal, newest_->header.salt);
  const std::string_view part(bytes.data(), bytes.size());
  if (Status wrote = file_->write_at(std::span(&part, 1), newest_->bytes); !wrote) return undo_write(wrote.error());
  if (Status synced = file_->sync_data(); !synced) return failed(synced.error());
  sealed_ = true;
  const std::lock_guard guard(mutex_);
  newest_->bytes += bytes.size();
  bytes_ += bytes.size();
  return {};
}

void TopicLog::seal() {
  // Best effort: without the seal the data is as durable, only less provably complete.
  if (newest_ && !sealed_ && newest_->bytes > kSegmentHeaderBytes) static_cast<void>(write_seal());
}

// The new file and its name are durable before the first frame goes in, so a frame in it proves the one before
// complete.
Status TopicLog::start_segment(log::Offset base) {
  if (Status made = surroundings_.files.make_directories(directory_); !made) return full_or_failed(made.error());
  auto segment = std::make_shared<Segment>();
  segment->path = directory_ + "/" + segment_name(base);
  segment->header.base = base;
  segment->header.salt = static_cast<uint32_t>(surroundings_.random.next_u64());
  segment->end = base;
  segment->bytes = kSegmentHeaderBytes;
  auto file = create_file(segment->path);
  if (!file) return full_or_failed(file.error());
  const SegmentHeaderBytes bytes = encode(segment->header);
  if (Status wrote = (*file)->write_at(std::string_view(bytes.data(), bytes.size()), 0); !wrote) {
    // What is left is shorter than a header or empty of frames; recovery and create_file() know both.
    static_cast<void>(surroundings_.files.remove(segment->path));
    return full_or_failed(wrote.error());
  }
  if (Status synced = (*file)->sync_data(); !synced) return failed(synced.error());
  if (Status synced = surroundings_.files.sync_directory(directory_); !synced) return failed(synced.error());
  file_ = std::move(*file);
  sealed_ = false;
  const std::lock_guard guard(mutex_);
  newest_ = segment;
  segments_.push_back(std::move(segment));
  bytes_ += kSegmentHeaderBytes;
  return {};
}

// A file of that name can only be the rest of an attempt that failed: it would hold offsets that were never given out.
Result<std::unique_ptr<io::File>> TopicLog::create_file(const std::string& path) {
  auto file = surroundings_.files.open(path, io::OpenMode::create);
  if (file.ok() || file.error().code != io::kExists) return file;
  if (Status removed = surroundings_.files.remove(path); !removed) return removed.error();
  return surroundings_.files.open(path, io::OpenMode::create);
}

}  // namespace gm::embedded
