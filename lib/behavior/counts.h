#pragma once
// Events, players and revenue per day of any set of events. README.md of this folder has the definitions in words.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/behavior/breakdown.h"
#include "lib/behavior/player_list.h"
#include "lib/behavior/scan.h"
#include "lib/behavior/snapshot.h"

namespace gm::behavior {

struct CountsQuery {
  EventSelector events;
  DateRange range;
  std::optional<Division> breakdown;  // of each event
  bool revenue = false;               // sum it up
  unsigned threads = 0;
};

struct DayCount {
  Date date;
  uint64_t events = 0;
  uint64_t players = 0;        // different ones
  int64_t revenue_micros = 0;  // whatever the currency; stops at the bounds of 64 bits
};
struct CountsGroup {
  std::string value;
  bool other = false;          // of all values that are not shown
  uint64_t players = 0;        // different ones in the whole range
  std::vector<DayCount> days;  // by date; days without events are left out
};
struct CountsAnswer {
  CountsGroup total;
  std::vector<CountsGroup> groups;  // by value; empty without a breakdown
};

struct CountsCell {
  std::optional<Date> date;          // none: all days
  std::optional<std::string> value;  // none: all
  bool other = false;                // those that are not shown
};

// Errors kCorrupt, kStale, kInvalid, kTooLarge.
Result<CountsAnswer> counts(const Snapshot& snapshot, const CountsQuery& query);
Result<PlayerList> counts_players(const Snapshot& snapshot, const CountsQuery& query, const CountsCell& cell,
                                  size_t limit);

}  // namespace gm::behavior
