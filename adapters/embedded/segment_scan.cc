#include "adapters/embedded/segment_scan.h"

#include <algorithm>
#include <memory>

#include "adapters/embedded/segment_reader.h"

namespace gm::embedded {
namespace {

constexpr uint64_t kSearchPiece = 1 << 20;

// Looks at every byte behind the damage for frame headers. A header counts although its payload may be bad: its salted
// checksum proves that the log wrote it.
Status search_behind(io::File& file, uint32_t salt, uint64_t file_bytes, Damage& damage) {
  const auto buffer = std::make_unique_for_overwrite<char[]>(kSearchPiece);
  const log::Offset expected = damage.resumes_at;
  uint64_t piece = damage.position + 1;
  while (piece + kFrameHeaderBytes <= file_bytes) {
    auto got = file.read_at(std::span(buffer.get(), std::min(kSearchPiece, file_bytes - piece)), piece);
    if (!got) return unavailable(got.error());
    if (*got < kFrameHeaderBytes) break;
    const std::string_view bytes(buffer.get(), *got);
    const uint64_t candidates = *got - kFrameHeaderBytes + 1;
    for (uint64_t i = 0; i < candidates; ++i) {
      const auto header = decode_frame_header(bytes.substr(i, kFrameHeaderBytes), salt, piece + i);
      if (!header || header->base < expected) continue;
      damage.resumes_at = std::max(damage.resumes_at, header->end());
      if (piece + i - header->commit_back > damage.position) damage.corrupt = true;
    }
    piece += candidates;
  }
  return {};
}

void take(const FrameHeader& frame, uint64_t position, SegmentScan& scan) {
  if (frame.is_data()) {
    if (scan.frames == 0) scan.first_ms = frame.appended_ms;
    scan.last_ms = frame.appended_ms;
    scan.events += frame.count;
    ++scan.frames;
  }
  scan.sealed = frame.flags == kSeal;
  scan.last_commit = position - frame.commit_back;
  add_to_index(scan.index, frame.base, position);
  scan.end = frame.end();
  scan.good_bytes = position + frame.bytes();
}

}  // namespace

void add_to_index(std::vector<IndexEntry>& index, log::Offset base, uint64_t position) {
  if (index.empty() || position >= index.back().position + kIndexStep) index.push_back({base, position});
}

Result<std::vector<log::Offset>> list_segments(io::FileSystem& files, const std::string& directory) {
  std::vector<log::Offset> bases;
  auto entries = files.list(directory);
  if (!entries) {
    if (entries.error().code == io::kNotFound) return bases;
    return unavailable(entries.error());
  }
  // The listing is sorted by name, and leading zeros make that the order of the offsets.
  for (const io::DirectoryEntry& entry : *entries) {
    if (const auto base = segment_base(entry.name); base && !entry.is_directory) bases.push_back(*base);
  }
  return bases;
}

Result<SegmentScan> scan_segment(io::File& file, const SegmentHeader& header, uint64_t file_bytes,
                                 log::Offset end_max) {
  SegmentScan scan;
  scan.end = header.base;
  Damage damage;
  SegmentReader reader(file, header.salt, kSegmentHeaderBytes, file_bytes);
  SegmentReader::Step step = reader.next();
  for (; step == SegmentReader::Step::frame; step = reader.next()) {
    const FrameHeader& frame = reader.header();
    // Intact frames out of order were never left by a crash.
    damage.corrupt = true;
    if (frame.base != scan.end) damage.problem = "a frame does not follow the one before it";
    if (frame.end() > end_max) damage.problem = "a frame reaches into the next segment";
    if (!damage.problem.empty()) break;
    damage.corrupt = false;
    take(frame, reader.position(), scan);
  }
  if (step == SegmentReader::Step::unreadable) return reader.error();
  if (step == SegmentReader::Step::end) return scan;
  if (step == SegmentReader::Step::damaged) damage.problem = reader.problem();
  damage.position = reader.position();
  damage.resumes_at = scan.end;
  if (Status searched = search_behind(file, header.salt, file_bytes, damage); !searched) return searched.error();
  scan.damage = std::move(damage);
  return scan;
}

}  // namespace gm::embedded
