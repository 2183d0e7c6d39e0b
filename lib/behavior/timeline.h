#pragma once
// Where one player's events lie in the log and the store.

#include <cstdint>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/behavior/snapshot.h"

namespace gm::behavior {

struct TimelineEntry {
  int64_t time_ms = 0;
  log::Partition partition = 0;
  log::Offset offset = 0;
  Date date;
  std::string event;
};

// The player's events, newest first: `limit` of them after leaving out `skip`. `player` is canonical. Errors kCorrupt,
// kStale.
Result<std::vector<TimelineEntry>> timeline(const Snapshot& snapshot, PlayerKey player, size_t skip, size_t limit);

// When a player's events were; rising, each once.
struct TimelineMoments {
  std::vector<int64_t> times_ms;
  std::vector<Date> dates;  // local
};

// Of the player's newest `count` events at or before `until_ms`, the others of the moment of the newest not counted.
// Errors as above.
Result<TimelineMoments> timeline_moments(const Snapshot& snapshot, PlayerKey player, int64_t until_ms, size_t count);

}  // namespace gm::behavior
