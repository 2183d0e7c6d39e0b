#pragma once
// Private to this folder: how far one player or session gets in a funnel.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/behavior/funnel.h"

namespace gm::behavior {

// One way through the first steps. Small: it is copied at every step.
struct Attempt {
  int64_t begun_ms = 0;
  uint32_t steps = 0;
  std::array<uint32_t, kStepsMax> at{};  // by step: its place among the unit's hits
};

// Decides for one unit after the other. One thread.
class FunnelEvaluator {
 public:
  // `snapshot` outlives this.
  FunnelEvaluator(const Snapshot& snapshot, const FunnelQuery& query);

  // Of the attempts that take the most steps the earliest, each step taken as early as can be. `hits` in the order of
  // time; those of one moment are put into the order of the steps that they are, and what `among` does not let through
  // behind all others. Bit i of a mask is step i + 1, the
  // bits behind the steps are the exclusions.
  const Attempt& evaluate(std::span<Hit> hits);

 private:
  void order_moments(std::span<Hit> hits) const;
  std::span<const Hit> events_between(std::span<Hit> hits) const;
  void evaluate_ordered(std::span<const Hit> hits);
  void evaluate_strict(std::span<const Hit> hits);
  void evaluate_any(std::span<const Hit> hits);
  bool begins(const Hit& hit, uint32_t steps) const {
    return (hit.mask & steps) != 0 && (everything_ || query_range_.has(sections_[hit.source]->date(hit.row)));
  }
  bool in_window(const Hit& first, const Hit& hit) const { return hit.time_ms - first.time_ms <= window_ms_; }
  size_t next_excluded(std::span<const Hit> hits, size_t begin);
  void begin(const Hit& hit, size_t at);
  void take(size_t at) { attempt_.at[attempt_.steps++] = static_cast<uint32_t>(at); }
  bool keep_best();
  void take_any(std::span<const Hit> hits, size_t first, size_t end);

  std::vector<const Section*> sections_;
  StepOrder order_;
  size_t steps_;
  uint32_t step_mask_;
  int64_t window_ms_;
  DateRange query_range_;
  bool everything_;  // every date of the snapshot is in the range
  uint32_t exclusion_mask_;
  bool among_;           // a strict funnel does not look at every event
  size_t excluded_ = 0;  // place of the first excluded event behind the beginning
  Attempt attempt_, best_;
};

}  // namespace gm::behavior
