#include "lib/behavior/funnel_attempt.h"

#include <algorithm>
#include <bit>

namespace gm::behavior {
namespace {

// How often each step occurs among some events.
class StepCounts {
 public:
  void add(uint32_t mask) {
    for (uint32_t rest = mask; rest != 0; rest &= rest - 1) held_ += counts_[bit(rest)]++ == 0;
  }
  void remove(uint32_t mask) {
    for (uint32_t rest = mask; rest != 0; rest &= rest - 1) held_ -= --counts_[bit(rest)] == 0;
  }
  size_t held() const { return held_; }

 private:
  static size_t bit(uint32_t mask) { return static_cast<size_t>(std::countr_zero(mask)); }
  std::array<uint32_t, kStepsMax> counts_{};
  size_t held_ = 0;
};

}  // namespace

FunnelEvaluator::FunnelEvaluator(const Snapshot& snapshot, const FunnelQuery& query)
    : order_(query.order),
      steps_(query.steps.size()),
      step_mask_((1u << query.steps.size()) - 1),
      window_ms_(query.window_ms),
      query_range_(query.range) {
  for (const Source& source : snapshot.sources) sections_.push_back(source.section.get());
  const DateRange dates = snapshot.dates();
  everything_ = query.range.has(dates.from) && query.range.has(dates.to);
  for (const Exclusion& exclusion : query.exclusions) exclusions_.emplace_back(exclusion.after, exclusion.before);
}

const Attempt& FunnelEvaluator::evaluate(std::span<const Hit> hits) {
  best_.steps = 0;
  for (size_t i = 1; i <= steps_; ++i) open_[i].steps = 0;
  if (order_ == StepOrder::ordered) evaluate_ordered(hits);
  if (order_ == StepOrder::strict) evaluate_strict(hits);
  if (order_ == StepOrder::any) evaluate_any(hits);
  return best_;
}

void FunnelEvaluator::begin(const Hit& hit, size_t at) {
  Attempt& attempt = open_[1];
  attempt.steps = 1;
  attempt.begun_ms = hit.time_ms;
  attempt.at[0] = static_cast<uint32_t>(at);
  consider(attempt);
}

void FunnelEvaluator::extend(size_t step, size_t at) {
  Attempt& attempt = open_[step];
  attempt = open_[step - 1];
  attempt.steps = static_cast<uint32_t>(step);
  attempt.at[step - 1] = static_cast<uint32_t>(at);
  consider(attempt);
}

void FunnelEvaluator::consider(const Attempt& attempt) {
  if (attempt.steps > best_.steps) best_ = attempt;
}

// Per number of steps only the attempt that began last matters: it has the most time left, and whatever ends it ends
// the others too.
void FunnelEvaluator::evaluate_ordered(std::span<const Hit> hits) {
  for (size_t at = 0; at < hits.size(); ++at) {
    const Hit& hit = hits[at];
    uint32_t advanced = 0;
    // From the last step down, so that one event is one step of an attempt.
    for (uint32_t rest = hit.mask & step_mask_ & ~1u; rest != 0;) {
      const auto step = static_cast<size_t>(std::bit_width(rest));
      rest &= ~(1u << (step - 1));
      if (open_[step - 1].steps == 0 || !in_window(open_[step - 1], hit)) continue;
      extend(step, at);
      advanced |= 1u << step;
      if (step == steps_) return;
    }
    const uint32_t excluded = hit.mask >> steps_;
    if (excluded != 0) end_excluded(excluded, advanced);
    if ((hit.mask & 1) != 0 && may_begin(hit)) begin(hit, at);
    if (steps_ == 1 && best_.steps == 1) return;
  }
}

// An attempt that this very event took a step further is not ended by it.
void FunnelEvaluator::end_excluded(uint32_t mask, uint32_t advanced) {
  for (size_t i = 0; i < exclusions_.size(); ++i) {
    if ((mask >> i & 1) == 0) continue;
    for (size_t steps = exclusions_[i].first; steps < exclusions_[i].second; ++steps) {
      if ((advanced >> steps & 1) == 0) open_[steps].steps = 0;
    }
  }
}

// `hits` are all events of the unit: an attempt goes on with the very next one or not at all.
void FunnelEvaluator::evaluate_strict(std::span<const Hit> hits) {
  for (size_t at = 0; at < hits.size(); ++at) {
    const Hit& hit = hits[at];
    for (size_t step = steps_; step >= 2; --step) {
      const Attempt& before = open_[step - 1];
      if ((hit.mask >> (step - 1) & 1) != 0 && before.steps != 0 && in_window(before, hit)) {
        extend(step, at);
      } else {
        open_[step].steps = 0;
      }
    }
    open_[1].steps = 0;
    if ((hit.mask & 1) != 0 && may_begin(hit)) begin(hit, at);
    if (best_.steps == steps_) return;
  }
}

void FunnelEvaluator::evaluate_any(std::span<const Hit> hits) {
  StepCounts counts;
  size_t first = 0;  // hits[first..i] are the window
  for (size_t i = 0; i < hits.size(); ++i) {
    const uint32_t steps = hits[i].mask & step_mask_;
    if (steps == 0) {
      if (hits[i].mask == 0) continue;
      for (; first <= i; ++first) counts.remove(hits[first].mask & step_mask_);
      continue;
    }
    counts.add(steps);
    const auto must_go = [&](const Hit& hit) {
      return (hit.mask & step_mask_) == 0 || hits[i].time_ms - hit.time_ms > window_ms_ || !may_begin(hit);
    };
    while (first < i && must_go(hits[first])) counts.remove(hits[first++].mask & step_mask_);
    if (first == i && !may_begin(hits[i])) {
      counts.remove(hits[first++].mask & step_mask_);
      continue;
    }
    if (counts.held() > best_.steps) take_any(hits, first, i, counts.held());
    if (best_.steps == steps_) return;
  }
}

// Of hits[first..last] the latest beginning from which `steps` are still held, and where each further step was first
// taken.
void FunnelEvaluator::take_any(std::span<const Hit> hits, size_t first, size_t last, size_t steps) {
  StepCounts counts;
  size_t begin = last;
  for (size_t i = last + 1; i-- > first;) {
    counts.add(hits[i].mask & step_mask_);
    if (counts.held() < steps || (hits[i].mask & step_mask_) == 0 || !may_begin(hits[i])) continue;
    begin = i;
    break;
  }
  best_.steps = 0;
  best_.begun_ms = hits[begin].time_ms;
  uint32_t taken = 0;
  for (size_t i = begin; i <= last; ++i) {
    for (uint32_t rest = hits[i].mask & step_mask_ & ~taken; rest != 0; rest &= rest - 1)
      best_.at[best_.steps++] = static_cast<uint32_t>(i);
    taken |= hits[i].mask & step_mask_;
  }
}

}  // namespace gm::behavior
