#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "adapters/embedded/topic_log.h"

namespace gm::embedded {

Result<std::unique_ptr<TopicLog>> TopicLog::open(log::Topic topic, Surroundings surroundings,
                                                 std::vector<TornTail>& torn_tails) {
  std::unique_ptr<TopicLog> opened(new TopicLog(topic, surroundings));
  if (Status loaded = opened->load(torn_tails); !loaded) return loaded.error();
  return opened;
}

Status TopicLog::load(std::vector<TornTail>& torn_tails) {
  auto found = list_segments(surroundings_.files, directory_);
  if (!found) return found.error();
  std::vector<log::Offset>& bases = *found;
  if (bases.empty()) return {};
  begin_ = end_ = bases.back();
  if (Status loaded = load_newest(bases, torn_tails); !loaded) return loaded;
  for (size_t i = bases.size(); i-- > 1;) {
    if (Status loaded = load_closed(bases[i - 1], bases[i]); !loaded) return loaded;
  }
  if (newest_) {
    begin_ = segments_.front()->header.base;
    end_ = newest_->end;
  }
  for (const auto& segment : segments_) bytes_ += segment->bytes;
  return {};
}

Result<std::shared_ptr<TopicLog::Segment>> TopicLog::load_header(log::Offset base, io::OpenMode mode,
                                                                 std::unique_ptr<io::File>& file) {
  auto segment = std::make_shared<Segment>();
  segment->path = directory_ + "/" + segment_name(base);
  auto opened = surroundings_.files.open(segment->path, mode);
  if (!opened) return unavailable(opened.error());
  file = std::move(*opened);
  auto size = file->size();
  if (!size) return unavailable(size.error());
  SegmentHeaderBytes bytes;
  auto got = file->read_at(bytes, 0);
  if (!got) return unavailable(got.error());
  const auto header = decode_segment_header(std::string_view(bytes.data(), *got));
  if (!header) {
    // The header was durable before any frame was written: a file with more than a header had a good one once.
    if (*size <= kSegmentHeaderBytes) return std::shared_ptr<Segment>();
    return corrupt(segment->path, 0, "the segment header does not match its checksum");
  }
  if (header->version != kSegmentVersion) {
    return Error{std::string(kLogVersion),
                 fmt::format("{} has format version {}, this release reads version {}: start the release that wrote it",
                             segment->path, header->version, kSegmentVersion)};
  }
  if (header->base != base) return corrupt(segment->path, 0, "the segment header names another base offset");
  segment->header = *header;
  segment->bytes = *size;
  segment->end = base;
  return segment;
}

Status TopicLog::load_newest(std::vector<log::Offset>& bases, std::vector<TornTail>& torn_tails) {
  auto loaded = load_header(bases.back(), io::OpenMode::update, file_);
  if (!loaded) return loaded.error();
  if (!*loaded) {
    const std::string rest = directory_ + "/" + segment_name(bases.back());
    file_.reset();
    if (Status removed = surroundings_.files.remove(rest); !removed) return unavailable(removed.error());
    if (Status synced = surroundings_.files.sync_directory(directory_); !synced) return unavailable(synced.error());
    bases.pop_back();
    if (bases.empty()) return {};
    loaded = load_header(bases.back(), io::OpenMode::update, file_);
    if (!loaded) return loaded.error();
    if (!*loaded) return corrupt(directory_ + "/" + segment_name(bases.back()), 0, "the file is empty");
  }
  const std::shared_ptr<Segment> segment = std::move(*loaded);
  auto scan = scan_segment(*file_, segment->header, segment->bytes, UINT64_MAX);
  if (!scan) return scan.error();
  if (scan->damage && scan->damage->corrupt) {
    return corrupt(segment->path, scan->damage->position, scan->damage->problem);
  }
  if (scan->damage) {
    torn_tails.push_back({segment->path, scan->good_bytes, segment->bytes - scan->good_bytes});
    if (Status cut = file_->truncate(scan->good_bytes); !cut) return unavailable(cut.error());
  }
  if (Status durable = rewrite_last_commit(*scan); !durable) return unavailable(durable.error());
  segment->bytes = scan->good_bytes;
  segment->end = scan->end;
  segment->first_ms = scan->first_ms;
  segment->last_ms = scan->last_ms;
  segment->index = std::move(scan->index);
  sealed_ = scan->sealed;
  newest_ = segment;
  segments_.push_back(segment);
  return {};
}

// The last commit may be in the page cache only: the process was killed before its fdatasync, or that fdatasync failed,
// and then Linux holds the pages for clean and would never write them. Readers may see only what is durable, so it is
// written once more and synced.
Status TopicLog::rewrite_last_commit(const SegmentScan& scan) {
  std::string bytes(scan.good_bytes - scan.last_commit, '\0');
  auto got = file_->read_at(bytes, scan.last_commit);
  if (!got) return got.error();
  Status wrote = file_->write_at(std::string_view(bytes).substr(0, *got), scan.last_commit);
  // Bytes of the same size in the same place need no space, except where the file system copies on write. A full disk
  // must not keep the log from opening.
  if (!wrote && wrote.error().code != io::kNoSpace) return wrote;
  if (Status synced = file_->sync_data(); !synced) return synced;
  return surroundings_.files.sync_directory(directory_);
}

// A closed segment ends with a seal that names the next one's base; its frames are verified when they are read.
Status TopicLog::load_closed(log::Offset base, log::Offset next) {
  std::unique_ptr<io::File> file;
  auto loaded = load_header(base, io::OpenMode::read, file);
  if (!loaded) return loaded.error();
  if (!*loaded) return corrupt(directory_ + "/" + segment_name(base), 0, "the file is empty");
  Segment& segment = **loaded;
  if (segment.bytes < kSegmentHeaderBytes + kFrameHeaderBytes)
    return corrupt(segment.path, segment.bytes, "the seal is missing");
  FrameHeaderBytes bytes;
  const uint64_t position = segment.bytes - bytes.size();
  auto got = file->read_at(bytes, position);
  if (!got) return unavailable(got.error());
  const auto seal = decode_frame_header(std::string_view(bytes.data(), *got), segment.header.salt, position);
  if (!seal || seal->flags != kSeal) return corrupt(segment.path, position, "the seal is missing");
  if (seal->base != next) {
    return corrupt(segment.path, position,
                   fmt::format("it ends at offset {} but the next segment begins at {}", seal->base, next));
  }
  segment.end = next;
  segment.last_ms = seal->appended_ms;
  segments_.push_front(std::move(*loaded));
  return {};
}

}  // namespace gm::embedded
