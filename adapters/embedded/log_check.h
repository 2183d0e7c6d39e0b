#pragma once
// Looking for damage in a stopped log, and setting damaged bytes aside. Behind `gamemetrics log check` and `gamemetrics
// log repair`.

#include <cstdint>
#include <string>
#include <vector>

#include "lib/base/random.h"
#include "lib/base/result.h"
#include "lib/io/file.h"
#include "lib/log/event_log.h"

namespace gm::embedded {

enum class SegmentState : uint8_t {
  good,
  torn,     // the newest segment ends in a commit that a crash interrupted; opening the log cuts it off
  corrupt,  // acknowledged data is damaged; the log does not open until it is repaired
};

struct SegmentReport {
  std::string path;
  log::Topic topic = log::Topic::events_raw;
  SegmentState state = SegmentState::good;
  log::Offset base = 0;
  log::Offset end = 0;      // after the last good frame
  uint64_t bytes = 0;       // of the file
  uint64_t good_bytes = 0;  // up to the damage
  uint64_t frames = 0;      // good ones with events
  uint64_t events = 0;
  std::string problem;  // empty when good
  uint64_t events_lost =
      0;  // corrupt only: how many offsets a repair gives up; when the whole header is gone, an upper bound
  std::string quarantine;  // repair only: where the bad bytes are now; empty when there were none
};

// Reads every byte of every segment. `directory` as in LogSettings. The log must be stopped: gm-log-locked otherwise.
// Other errors: gm-log-unavailable (cannot be read), gm-log-version.
Result<std::vector<SegmentReport>> check_log(const std::string& directory, io::FileSystem& files);

// Reports what it found, as check_log does. Afterwards the log opens: what followed the first bad byte of a segment is
// copied to
// "<segment>.quarantine" and cut off, and the offsets lost that way are marked as a gap, so that they are never given
// out again and readers pass over them.
Result<std::vector<SegmentReport>> repair_log(const std::string& directory, io::FileSystem& files, Random& random);

}  // namespace gm::embedded
