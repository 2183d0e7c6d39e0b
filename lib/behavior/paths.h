#pragma once
// What players do after, or before, an event. README.md of this folder has the definitions in words.

#include <cstdint>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/behavior/player_list.h"
#include "lib/behavior/scan.h"
#include "lib/behavior/sessions.h"
#include "lib/behavior/snapshot.h"

namespace gm::behavior {

inline constexpr size_t kPathStepsMax = 10;

struct PathsQuery {
  EventSelector anchor;
  bool before = false;        // the events that lead to the unit's last anchor instead of those that follow its first
  EventSelector others;       // events that may be steps besides the anchor
  size_t steps = 5;           // 1..kPathStepsMax, the anchor included
  bool join_repeats = false;  // the same name several times in a row is one step
  Unit unit = Unit::session;
  SessionRule session_rule;
  DateRange range;  // of the anchor
  size_t top = 20;
  unsigned threads = 0;
};

struct Path {
  std::vector<std::string> events;  // in the order of time; fewer than asked for where the unit has no more
  uint64_t units = 0;
};
struct PathsAnswer {
  uint64_t units = 0;        // with an anchor
  uint64_t other_units = 0;  // whose path is not among the top ones
  std::vector<Path> top;     // most units first, then by name
};

// Errors kCorrupt, kStale, kInvalid.
Result<PathsAnswer> paths(const Snapshot& snapshot, const PathsQuery& query);
// The players (or those with a session) that take exactly this path.
Result<PlayerList> paths_players(const Snapshot& snapshot, const PathsQuery& query,
                                 const std::vector<std::string>& events, size_t limit);

}  // namespace gm::behavior
