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
      query_range_(query.range),
      exclusion_mask_(((1u << query.exclusions.size()) - 1) << query.steps.size()),
      among_(!query.among.empty()) {
  for (const Source& source : snapshot.sources) sections_.push_back(source.section.get());
  const DateRange dates = snapshot.dates();
  everything_ = query.range.has(dates.from) && query.range.has(dates.to);
}

const Attempt& FunnelEvaluator::evaluate(std::span<Hit> hits) {
  order_moments(hits);
  best_.steps = 0;
  excluded_ = 0;
  if (order_ == StepOrder::ordered) evaluate_ordered(hits);
  if (order_ == StepOrder::strict) evaluate_strict(events_between(hits));
  if (order_ == StepOrder::any) evaluate_any(hits);
  return best_;
}

// The clock may not tell which of two events came first; then the earlier step did.
void FunnelEvaluator::order_moments(std::span<Hit> hits) const {
  const auto rank = [&](const Hit& hit) { return std::countr_zero(hit.mask & step_mask_); };  // none: behind all
  for (size_t first = 0; first + 1 < hits.size();) {
    size_t end = first + 1;
    while (end < hits.size() && hits[end].time_ms == hits[first].time_ms) ++end;
    if (end - first > 1) {
      std::stable_sort(hits.begin() + static_cast<std::ptrdiff_t>(first),
                       hits.begin() + static_cast<std::ptrdiff_t>(end),
                       [&](const Hit& a, const Hit& b) { return rank(a) < rank(b); });
    }
    first = end;
  }
}

// Sessions are found by all events of a player, so that a unit has some that nothing selects.
std::span<const Hit> FunnelEvaluator::events_between(std::span<Hit> hits) const {
  if (!among_) return hits;
  const auto rest = std::stable_partition(hits.begin(), hits.end(), [](const Hit& hit) { return hit.mask != 0; });
  return hits.first(static_cast<size_t>(rest - hits.begin()));
}

void FunnelEvaluator::begin(const Hit& hit, size_t at) {
  attempt_.steps = 0;
  attempt_.begun_ms = hit.time_ms;
  take(at);
}

// True: no attempt can be better.
bool FunnelEvaluator::keep_best() {
  if (attempt_.steps > best_.steps) best_ = attempt_;
  return best_.steps == steps_;
}

size_t FunnelEvaluator::next_excluded(std::span<const Hit> hits, size_t begin) {
  if (exclusion_mask_ == 0) return hits.size();
  excluded_ = std::max(excluded_, begin + 1);
  while (excluded_ < hits.size() && (hits[excluded_].mask & exclusion_mask_) == 0) ++excluded_;
  return excluded_;
}

// Taking the earliest next step loses nothing, because a later one leaves less time. From one beginning to the next the
// places of all steps only grow, so that each step's are one pass over the hits for all attempts together.
void FunnelEvaluator::evaluate_ordered(std::span<const Hit> hits) {
  std::array<size_t, kStepsMax> places{};
  for (size_t first = 0; first < hits.size(); ++first) {
    if (!begins(hits[first], 1)) continue;
    begin(hits[first], first);
    const size_t end = next_excluded(hits, first);
    size_t before = first;
    for (size_t step = 1; step < steps_; ++step) {
      size_t& place = places[step];
      place = std::max(place, before + 1);
      while (place < hits.size() && (hits[place].mask >> step & 1) == 0) ++place;
      if (place >= end || !in_window(hits[first], hits[place])) break;
      take(before = place);
    }
    if (keep_best()) return;
  }
}

// `hits` are all events of the unit: an attempt goes on with the very next one or not at all.
void FunnelEvaluator::evaluate_strict(std::span<const Hit> hits) {
  for (size_t first = 0; first < hits.size(); ++first) {
    if (!begins(hits[first], 1)) continue;
    begin(hits[first], first);
    const size_t end = next_excluded(hits, first);
    for (size_t step = 1; step < steps_; ++step) {
      const size_t place = first + step;
      if (place >= end || (hits[place].mask >> step & 1) == 0 || !in_window(hits[first], hits[place])) break;
      take(place);
    }
    if (keep_best()) return;
  }
}

// Of the events of one moment the first has all the others in its window.
void FunnelEvaluator::evaluate_any(std::span<const Hit> hits) {
  StepCounts counts;
  size_t end = 0;  // hits[first..end) are the window
  for (size_t first = 0; first < hits.size(); ++first) {
    for (; end < hits.size() && in_window(hits[first], hits[end]); ++end) counts.add(hits[end].mask & step_mask_);
    if (begins(hits[first], step_mask_) && counts.held() > best_.steps) {
      take_any(hits, first, end);
      if (keep_best()) return;
    }
    counts.remove(hits[first].mask & step_mask_);
  }
}

// Where each step of the window is first taken; one event may be several.
void FunnelEvaluator::take_any(std::span<const Hit> hits, size_t first, size_t end) {
  attempt_.steps = 0;
  attempt_.begun_ms = hits[first].time_ms;
  uint32_t taken = 0;
  for (size_t place = first; place < end; ++place) {
    const uint32_t fresh = hits[place].mask & step_mask_ & ~taken;
    for (uint32_t rest = fresh; rest != 0; rest &= rest - 1) take(place);
    taken |= fresh;
  }
}

}  // namespace gm::behavior
