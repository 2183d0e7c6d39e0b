#pragma once
// Retention on any pair of events. README.md of this folder has the definitions in words.

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/behavior/breakdown.h"
#include "lib/behavior/player_list.h"
#include "lib/behavior/scan.h"
#include "lib/behavior/snapshot.h"

namespace gm::behavior {

enum class RetentionKind : uint8_t {
  classic,  // on day `to`
  rolling,  // on day `to` or later
  ranged,   // at least once on the days from..to: a bracket, or with from = 1 "return"
  full,     // on every day from..to
};

enum class RetentionDays : uint8_t {
  calendar,  // day k is the date k after the start's
  hours_24,  // day k is [24 k, 24 (k + 1)) hours after the start
};

// Which start events open a cohort membership.
enum class RetentionStart : uint8_t {
  first_ever,      // the player's first start event, when its date is in the range
  first_in_range,  // the first one whose date is in the range
  every_day,       // the first one of every date in the range
};

struct RetentionSpan {
  int from = 0;
  int to = 0;  // from <= to
};

struct RetentionQuery {
  EventSelector start;
  EventSelector comeback;  // the return event
  RetentionKind kind = RetentionKind::classic;
  RetentionDays days = RetentionDays::calendar;
  RetentionStart which = RetentionStart::first_ever;
  std::vector<RetentionSpan> spans;  // one per column of the answer; 0 <= from <= to <= kRetentionDayMax
  DateRange range;                   // of the start event
  Date comeback_until{std::numeric_limits<int32_t>::max()};  // later return events do not count
  std::optional<Division> breakdown;                         // of the start event
  unsigned threads = 0;
};
inline constexpr int kRetentionDayMax = 3'660;

struct RetentionCohort {
  Date date;
  uint64_t size = 0;
  std::vector<uint64_t> players;  // by span
};
struct RetentionGroup {
  std::string value;
  bool other = false;                    // of all values that are not shown
  std::vector<RetentionCohort> cohorts;  // by date; dates without starts are left out
};
struct RetentionAnswer {
  RetentionGroup total;
  std::vector<RetentionGroup> groups;  // by value; empty without a breakdown
};

struct RetentionCell {
  std::optional<Date> date;          // none: all cohorts
  std::optional<std::string> value;  // none: all
  std::optional<size_t> span;        // none: the cohort itself
  bool lost = false;                 // those who are not counted in the span
  bool other = false;                // values that are not shown
};

// Errors kCorrupt, kStale, kInvalid, kTooLarge.
Result<RetentionAnswer> retention(const Snapshot& snapshot, const RetentionQuery& query);
Result<PlayerList> retention_players(const Snapshot& snapshot, const RetentionQuery& query, const RetentionCell& cell,
                                     size_t limit);

}  // namespace gm::behavior
