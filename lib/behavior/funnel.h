#pragma once
// Funnels. README.md of this folder has the definitions in words; an answer computed elsewhere must mean the same.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/behavior/breakdown.h"
#include "lib/behavior/player_list.h"
#include "lib/behavior/scan.h"
#include "lib/behavior/sessions.h"
#include "lib/behavior/snapshot.h"

namespace gm::behavior {

inline constexpr size_t kStepsMax = 16;
inline constexpr size_t kExclusionsMax = 8;

enum class StepOrder : uint8_t {
  ordered,  // other events may lie between
  strict,   // no other event of the unit lies between
  any,      // in any order; an event is every step that it matches
};

struct FunnelQuery {
  std::vector<EventSelector> steps;  // 1..kStepsMax
  StepOrder order = StepOrder::ordered;
  std::vector<EventSelector> exclusions;  // an event of one ends the attempt; not with `any`
  // Events that lie between steps of a strict funnel beside those that are a step themselves; everything, unless it is
  // told.
  std::vector<AttributeTest> among;
  int64_t window_ms = 0;  // from an attempt's first event to its last, both included; > 0
  DateRange range;        // of an attempt's first event
  Unit unit = Unit::player;
  SessionRule session_rule;
  std::optional<Division> breakdown;  // of the attempt's first event
  unsigned threads = 0;               // 0: one per processor
};

struct Duration {
  uint64_t count = 0;
  double mean_ms = 0;
  double median_ms = 0;  // between the two middle ones when their number is even
};

struct FunnelGroup {
  std::string value;                   // of the breakdown; "" without one
  bool other = false;                  // of all values that are not shown
  std::vector<uint64_t> units;         // by step: units that took it and all before
  std::vector<Duration> since_first;   // by step; of the first: zeros
  std::vector<Duration> since_before;  // by step; of the first: zeros
};

struct FunnelAnswer {
  FunnelGroup total;
  std::vector<FunnelGroup> groups;  // by value, others last; without those that no unit has; empty without a breakdown
};

struct FunnelCell {
  size_t step = 1;                   // took this step
  bool dropped = false;              // and not the next
  std::optional<std::string> value;  // of the breakdown; none: all
  bool other = false;                // those that are not shown
};

// Errors kCorrupt, kStale, kInvalid.
Result<FunnelAnswer> funnel(const Snapshot& snapshot, const FunnelQuery& query);
// The players of the cell, and with sessions as units the players who have such a session.
Result<PlayerList> funnel_players(const Snapshot& snapshot, const FunnelQuery& query, const FunnelCell& cell,
                                  size_t limit);

}  // namespace gm::behavior
