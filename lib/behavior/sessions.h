#pragma once
// One player's events in sessions by silences alone: same id and silences of at most `named_gap_ms`; events without an
// id and silences of at most `gap_ms`. The processor's rule knows session_start and session_end, too (ADR 0026), so the
// planner asks no question by session of this index; SQL answers it from the sessions that the processor found.

#include <algorithm>
#include <cstdint>
#include <span>

#include "lib/base/time.h"
#include "lib/behavior/scan.h"

namespace gm::behavior {

struct SessionRule {
  int64_t gap_ms = 30 * kMsPerMinute;
  int64_t named_gap_ms = 24 * kMsPerHour;
};

enum class Unit : uint8_t { player, session };

// Calls `each` with every session's hits in the order of time; it may reorder them. Reorders `hits`, which are all
// events of the player.
template <typename Each>
void for_each_session(std::span<Hit> hits, const SessionRule& rule, const Each& each) {
  const auto by_session = [](const Hit& a, const Hit& b) { return a.session < b.session; };
  if (!std::is_sorted(hits.begin(), hits.end(), by_session)) std::stable_sort(hits.begin(), hits.end(), by_session);
  size_t first = 0;
  for (size_t i = 1; i <= hits.size(); ++i) {
    if (i < hits.size() && hits[i].session == hits[i - 1].session) {
      const int64_t gap = hits[i].session == 0 ? rule.gap_ms : rule.named_gap_ms;
      if (hits[i].time_ms - hits[i - 1].time_ms <= gap) continue;
    }
    each(hits.subspan(first, i - first));
    first = i;
  }
}

}  // namespace gm::behavior
