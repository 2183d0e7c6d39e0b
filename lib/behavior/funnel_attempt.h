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

  // Of the attempts that take the most steps the one that took the last of them first, and of those the one that began
  // last. `hits` in the order of time; bit i of a mask is step i + 1, the bits behind the steps are the exclusions.
  const Attempt& evaluate(std::span<const Hit> hits);

 private:
  void evaluate_ordered(std::span<const Hit> hits);
  void evaluate_strict(std::span<const Hit> hits);
  void evaluate_any(std::span<const Hit> hits);
  bool may_begin(const Hit& hit) const { return everything_ || query_range_.has(sections_[hit.source]->date(hit.row)); }
  bool in_window(const Attempt& attempt, const Hit& hit) const { return hit.time_ms - attempt.begun_ms <= window_ms_; }
  void begin(const Hit& hit, size_t at);
  void extend(size_t step, size_t at);
  void consider(const Attempt& attempt);
  void end_excluded(uint32_t mask, uint32_t advanced);
  void take_any(std::span<const Hit> hits, size_t first, size_t last, size_t steps);

  std::vector<const Section*> sections_;
  StepOrder order_;
  size_t steps_;
  uint32_t step_mask_;
  int64_t window_ms_;
  DateRange query_range_;
  bool everything_;                                    // every date of the snapshot is in the range
  std::vector<std::pair<size_t, size_t>> exclusions_;  // [after, before)
  std::array<Attempt, kStepsMax + 1> open_;            // by steps taken; steps == 0: none
  Attempt best_;
};

}  // namespace gm::behavior
