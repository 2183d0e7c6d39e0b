#include "adapters/embedded/replay_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "adapters/embedded/segment_reader.h"
#include "adapters/embedded/segment_scan.h"

namespace gm::embedded {

Result<std::unique_ptr<ReplayLog>> ReplayLog::open(log::EventLog& log, io::FileSystem& files,
                                                   const std::string& archive) {
  std::unique_ptr<ReplayLog> opened(new ReplayLog(log, files));
  for (int i = 0; i < log::kTopicCount; ++i) {
    const auto topic = static_cast<log::Topic>(i);
    Archive& one = opened->archives_[topic];
    one.folder = fmt::format("{}/{}", archive, log::topic_name(topic));
    auto bases = list_segments(files, one.folder);
    if (!bases) return bases.error();
    one.bases = std::move(*bases);
  }
  return opened;
}

void ReplayLog::append(log::Topic, log::Partition, std::string, uint32_t, log::AppendDone done) {
  done(Error{std::string(kLogFailed), "the past takes no events"});
}

log::Offset ReplayLog::begin(log::Topic topic, log::Partition) const {
  const std::lock_guard guard(mutex_);
  const auto moved = begin_.find(topic);
  return moved == begin_.end() ? 0 : moved->second;
}

std::vector<ReplayGap> ReplayLog::gaps() const {
  const std::lock_guard guard(mutex_);
  return gaps_;
}

Result<std::vector<log::Frame>> ReplayLog::read(log::Topic topic, log::Partition partition, log::Offset from,
                                                size_t bytes_max) {
  Archive& archive = archives_.at(topic);
  std::vector<log::Frame> frames;
  while (frames.empty() && from < log_.begin(topic, partition)) {
    const auto behind = std::upper_bound(archive.bases.begin(), archive.bases.end(), from);
    if (behind == archive.bases.begin()) return gap(topic, archive, from, "not in the archive");
    const log::Offset before = from;
    const Status read = read_segment(archive, *std::prev(behind), from, bytes_max, frames);
    if (!frames.empty()) return frames;
    if (!read) return gap(topic, archive, from, read.error().message);
    if (from == before) return gap(topic, archive, from, "not in the archive");
  }
  if (!frames.empty()) return frames;
  return log_.read(topic, partition, from, bytes_max);
}

Status ReplayLog::read_segment(Archive& archive, log::Offset base, log::Offset& from, size_t bytes_max,
                               std::vector<log::Frame>& frames) {
  const std::string path = archive.folder + "/" + segment_name(base);
  auto file = files_.open(path, io::OpenMode::read);
  if (!file) return unavailable(file.error());
  const auto size = (*file)->size();
  if (!size) return unavailable(size.error());
  SegmentHeaderBytes bytes;
  const auto got = (*file)->read_at(bytes, 0);
  if (!got) return unavailable(got.error());
  const auto header = decode_segment_header(std::string_view(bytes.data(), *got));
  if (!header || header->version != kSegmentVersion || header->base != base) {
    return corrupt(path, 0, "the segment header is not one of this release");
  }
  if (archive.read_last != base) archive.positions.clear();
  archive.read_last = base;
  const auto passed = archive.positions.upper_bound(from);
  const uint64_t start = passed == archive.positions.begin() ? kSegmentHeaderBytes : std::prev(passed)->second;
  SegmentReader reader(**file, header->salt, start, *size);
  for (size_t read = 0; frames.empty() || read < bytes_max;) {
    const SegmentReader::Step step = reader.next();
    if (step == SegmentReader::Step::unreadable) return unavailable(reader.error());
    if (step == SegmentReader::Step::damaged) return corrupt(path, reader.position(), reader.problem());
    if (step == SegmentReader::Step::end) return {};
    const FrameHeader& frame = reader.header();
    archive.positions.emplace(frame.base, reader.position());
    if (frame.end() <= from) continue;
    from = frame.end();
    if (!frame.is_data()) continue;
    frames.push_back({frame.base, frame.count, frame.appended_ms, std::string(reader.payload())});
    read += frame.bytes();
  }
  return {};
}

Error ReplayLog::gap(log::Topic topic, const Archive& archive, log::Offset from, std::string reason) {
  const auto next = std::upper_bound(archive.bases.begin(), archive.bases.end(), from);
  log::Offset upto = log_.begin(topic, 0);
  if (next != archive.bases.end()) upto = std::min(upto, *next);
  Error error{std::string(kLogOffsetGone), fmt::format("offsets {} to {}: {}", from, upto, reason)};
  const std::lock_guard guard(mutex_);
  begin_[topic] = upto;
  gaps_.push_back({topic, from, upto, std::move(reason)});
  return error;
}

}  // namespace gm::embedded
