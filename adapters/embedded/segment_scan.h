#pragma once
// Reads a whole segment file and says how much of it is good, and whether what follows was torn by a crash or damaged
// later.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adapters/embedded/segment_format.h"
#include "lib/io/file.h"

namespace gm::embedded {

// A place to start reading near an offset; one about every kIndexStep bytes.
struct IndexEntry {
  log::Offset base;
  uint64_t position;
};
inline constexpr uint64_t kIndexStep = 256 << 10;
// Adds the frame when it lies far enough behind the last entry.
void add_to_index(std::vector<IndexEntry>& index, log::Offset base, uint64_t position);

struct Damage {
  uint64_t position = 0;
  std::string problem;
  // False: the bytes from `position` on are the rest of one commit that never finished, so nothing of them was
  // acknowledged. True: data written after `position` was durable is in the file, so acknowledged data is damaged.
  bool corrupt = false;
  // The first offset that no frame found behind the damage claims.
  log::Offset resumes_at = 0;
};

struct SegmentScan {
  uint64_t good_bytes = kSegmentHeaderBytes;  // the file up to the damage
  log::Offset end = 0;                        // the offset after the last good frame
  uint64_t frames = 0;                        // with events
  uint64_t events = 0;
  bool sealed = false;       // the last good frame is a seal
  uint64_t last_commit = 0;  // where the last good frame's commit begins; 0 when there is no frame
  int64_t first_ms = 0;
  int64_t last_ms = 0;
  std::vector<IndexEntry> index;
  std::optional<Damage> damage;
};

// Bases of the segments in a topic's folder, rising; empty when there is no folder. The error is gm-log-unavailable.
Result<std::vector<log::Offset>> list_segments(io::FileSystem& files, const std::string& directory);

// Frames may not reach past `end_max` (the next segment's base). The error is gm-log-unavailable.
Result<SegmentScan> scan_segment(io::File& file, const SegmentHeader& header, uint64_t file_bytes, log::Offset end_max);

}  // namespace gm::embedded
