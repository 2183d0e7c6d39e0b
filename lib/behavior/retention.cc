#include "lib/behavior/retention.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/behavior/breakdown.h"
#include "lib/behavior/day_bits.h"

namespace gm::behavior {
namespace {

constexpr uint64_t kCellsMax = 4'000'000;
constexpr uint32_t kStart = 1, kComeback = 2;  // bits of a hit's mask

Error invalid(std::string text) { return {std::string(kInvalid), std::move(text)}; }

Status check(const RetentionQuery& query) {
  if (query.spans.empty()) return invalid("retention is asked for at least one day");
  for (const RetentionSpan& span : query.spans) {
    if (span.from < 0 || span.from > span.to || span.to > kRetentionDayMax)
      return invalid(fmt::format("days of retention are 0 to {}, from not after to", kRetentionDayMax));
  }
  return {};
}

// The cohorts' dates and the days that can matter for them.
struct Window {
  DateRange cohorts;
  int span_last = 0;
  size_t days() const { return static_cast<size_t>(int64_t{cohorts.to.days} - cohorts.from.days + 1); }
  bool empty() const { return cohorts.to < cohorts.from; }
  // Days after the last cohort's last day are all one: they only matter as "or later".
  size_t index(Date date) const {
    const auto beyond = static_cast<int64_t>(days()) + span_last;
    return static_cast<size_t>(std::min<int64_t>(int64_t{date.days} - cohorts.from.days, beyond));
  }
};

Window window_of(const Snapshot& snapshot, const RetentionQuery& query) {
  const DateRange dates = snapshot.dates();
  Window window;
  window.cohorts = {std::max(dates.from, query.range.from), std::min(dates.to, query.range.to)};
  for (const RetentionSpan& span : query.spans) window.span_last = std::max(window.span_last, span.to);
  return window;
}

// Whether a player with comebacks on the days `bits` is counted in a span that begins at bit `start`.
class SpanTest {
 public:
  explicit SpanTest(const RetentionQuery& query) : kind_(query.kind), spans_(query.spans) {
    for (RetentionSpan& span : spans_) {
      if (kind_ == RetentionKind::classic || kind_ == RetentionKind::rolling) span.from = span.to;
      near_ = near_ && span.to < 64;
    }
    if (!near_) return;
    for (const RetentionSpan& span : spans_)
      masks_.push_back((~uint64_t{0} >> (63 - (span.to - span.from))) << span.from);
  }

  // Calls each(i) for the spans that count.
  template <typename Each>
  void for_each_kept(const DayBits& bits, size_t start, const Each& each) const {
    if (kind_ == RetentionKind::rolling) return rolling(bits, start, each);
    if (!near_) return far(bits, start, each);
    const uint64_t word = bits.from(start);
    const bool full = kind_ == RetentionKind::full;
    for (size_t i = 0; i < masks_.size(); ++i) {
      const uint64_t met = word & masks_[i];
      if (full ? met == masks_[i] : met != 0) each(i);
    }
  }

 private:
  template <typename Each>
  void rolling(const DayBits& bits, size_t start, const Each& each) const {
    const size_t end = bits.end();
    for (size_t i = 0; i < spans_.size(); ++i) {
      if (start + static_cast<size_t>(spans_[i].to) < end) each(i);
    }
  }
  template <typename Each>
  void far(const DayBits& bits, size_t start, const Each& each) const {
    for (size_t i = 0; i < spans_.size(); ++i) {
      const size_t first = start + static_cast<size_t>(spans_[i].from);
      const size_t last = start + static_cast<size_t>(spans_[i].to);
      if (kind_ == RetentionKind::full ? bits.all(first, last) : bits.any(first, last)) each(i);
    }
  }

  RetentionKind kind_;
  std::vector<RetentionSpan> spans_;
  bool near_ = true;  // one word holds every span
  std::vector<uint64_t> masks_;
};

// Finds the memberships of every player and hands them to `take` with the comebacks as bits.
class MembershipVisitor : public PlayerVisitor {
 public:
  MembershipVisitor(const Snapshot& snapshot, const RetentionQuery& query, const Window& window)
      : spans(query),
        snapshot_(&snapshot),
        query_(&query),
        window_(window),
        forever_(snapshot.dates().to <= query.comeback_until),
        seen_(window.days()) {
    if (query.days == RetentionDays::calendar) bits_ = DayBits(window.days() + static_cast<size_t>(window.span_last));
  }

  void visit(const PlayerHits& player) final {
    if (query_->which == RetentionStart::every_day) seen_.clear();
    for (const Hit& hit : player.hits) {
      if ((hit.mask & kStart) == 0) continue;
      const Date date = date_of(hit);
      if (window_.cohorts.has(date) && is_new(date)) {
        prepare(player.hits, hit);
        take(player.player, hit, window_.index(date), query_->days == RetentionDays::calendar ? window_.index(date) : 0,
             bits_);
        if (query_->which == RetentionStart::first_in_range) return;
      }
      if (query_->which == RetentionStart::first_ever) return;
    }
  }

 protected:
  // Day 0 of the membership is bit `start`.
  virtual void take(PlayerKey player, const Hit& hit, size_t cohort, size_t start, const DayBits& bits) = 0;
  SpanTest spans;

 private:
  Date date_of(const Hit& hit) const { return snapshot_->sources[hit.source].section->date(hit.row); }

  bool is_new(Date date) {
    if (query_->which != RetentionStart::every_day) return true;
    const size_t day = window_.index(date);
    if (seen_.test(day)) return false;
    seen_.set(day);
    return true;
  }

  void prepare(std::span<const Hit> hits, const Hit& start) {
    bits_.clear();
    for (const Hit& hit : hits) {
      if ((hit.mask & kComeback) == 0 || hit.time_ms < start.time_ms) continue;
      if (!forever_ && date_of(hit) > query_->comeback_until) continue;
      if (query_->days == RetentionDays::calendar) {
        if (const Date date = date_of(hit); date >= window_.cohorts.from) bits_.set(window_.index(date));
      } else {
        const int64_t day = (hit.time_ms - start.time_ms) / kMsPerDay;
        bits_.set(static_cast<size_t>(std::min<int64_t>(day, window_.span_last + 1)));
      }
    }
  }

  const Snapshot* snapshot_;
  const RetentionQuery* query_;
  Window window_;
  bool forever_;  // every return event counts, however late
  DayBits seen_, bits_;
};

class CountingVisitor final : public MembershipVisitor {
 public:
  CountingVisitor(const Snapshot& snapshot, const RetentionQuery& query, const Window& window,
                  const Breakdown& breakdown)
      : MembershipVisitor(snapshot, query, window),
        breakdown_(&breakdown),
        days_(window.days()),
        width_(query.spans.size() + 1),
        cells_(breakdown.values().size() * days_ * width_) {}

  void add(const CountingVisitor& other) {
    for (size_t i = 0; i < cells_.size(); ++i) cells_[i] += other.cells_[i];
  }
  // The cohort's size, then its players by span.
  const uint64_t* cells(size_t value, size_t cohort) const { return &cells_[(value * days_ + cohort) * width_]; }

 private:
  void take(PlayerKey, const Hit& hit, size_t cohort, size_t start, const DayBits& bits) override {
    uint64_t* row = &cells_[(breakdown_->of(hit) * days_ + cohort) * width_];
    ++row[0];
    spans.for_each_kept(bits, start, [&](size_t i) { ++row[1 + i]; });
  }

  const Breakdown* breakdown_;
  size_t days_, width_;
  std::vector<uint64_t> cells_;
};

class ListingVisitor final : public MembershipVisitor {
 public:
  ListingVisitor(const Snapshot& snapshot, const RetentionQuery& query, const Window& window,
                 const Breakdown& breakdown, const RetentionCell& cell, Breakdown::Chosen group)
      : MembershipVisitor(snapshot, query, window),
        breakdown_(&breakdown),
        window_(window),
        cell_(cell),
        group_(group) {}

  void add(const ListingVisitor& other) { players.insert(players.end(), other.players.begin(), other.players.end()); }
  std::vector<PlayerKey> players;

 private:
  void take(PlayerKey player, const Hit& hit, size_t cohort, size_t start, const DayBits& bits) override {
    if (cell_.date && window_.index(*cell_.date) != cohort) return;
    if (!group_.has(breakdown_->of(hit))) return;
    bool kept = !cell_.span;
    spans.for_each_kept(bits, start, [&](size_t i) { kept = kept || i == *cell_.span; });
    if (kept != (cell_.span && cell_.lost)) players.push_back(player);
  }

  const Breakdown* breakdown_;
  Window window_;
  RetentionCell cell_;
  Breakdown::Chosen group_;
};

ScanPlan plan_of(const RetentionQuery& query) {
  ScanPlan plan;
  plan.selectors = {query.start, query.comeback};
  plan.required = kStart;
  plan.columns = Breakdown::columns(query.breakdown);
  plan.columns.add({ColumnId::dates});
  return plan;
}

void add_cohort(RetentionGroup& group, Date date, const uint64_t* cells, size_t spans) {
  if (cells[0] == 0) return;
  if (group.cohorts.empty() || group.cohorts.back().date != date)
    group.cohorts.push_back({date, 0, std::vector<uint64_t>(spans)});
  RetentionCohort& cohort = group.cohorts.back();
  cohort.size += cells[0];
  for (size_t i = 0; i < spans; ++i) cohort.players[i] += cells[1 + i];
}

}  // namespace

Result<RetentionAnswer> retention(const Snapshot& snapshot, const RetentionQuery& query) {
  if (Status checked = check(query); !checked) return checked.error();
  Scan scan(snapshot, plan_of(query));
  if (Status prepared = scan.prepare(); !prepared) return prepared.error();
  const Window window = window_of(snapshot, query);
  RetentionAnswer answer;
  if (window.empty()) return answer;
  const Breakdown breakdown(snapshot, query.breakdown);
  const size_t spans = query.spans.size(), values = breakdown.values().size();
  if (values * window.days() * (spans + 1) > kCellsMax)
    return Error{std::string(kTooLarge),
                 fmt::format("more than {} cells; ask for fewer days or no breakdown", kCellsMax)};
  const auto counted = run_parallel(scan, CountingVisitor(snapshot, query, window, breakdown), query.threads);
  for (size_t day = 0; day < window.days(); ++day) {
    for (size_t value = 0; value < values; ++value)
      add_cohort(answer.total, window.cohorts.from + static_cast<int32_t>(day), counted.cells(value, day), spans);
  }
  for (size_t value = 0; query.breakdown && value < values; ++value) {
    RetentionGroup group{breakdown.values()[value], breakdown.is_other(value), {}};
    for (size_t day = 0; day < window.days(); ++day)
      add_cohort(group, window.cohorts.from + static_cast<int32_t>(day), counted.cells(value, day), spans);
    if (!group.cohorts.empty()) answer.groups.push_back(std::move(group));
  }
  return answer;
}

Result<PlayerList> retention_players(const Snapshot& snapshot, const RetentionQuery& query, const RetentionCell& cell,
                                     size_t limit) {
  if (Status checked = check(query); !checked) return checked.error();
  if (cell.span && *cell.span >= query.spans.size()) return invalid("the cell names a span that was not asked for");
  Scan scan(snapshot, plan_of(query));
  if (Status prepared = scan.prepare(); !prepared) return prepared.error();
  const Window window = window_of(snapshot, query);
  const Breakdown breakdown(snapshot, query.breakdown);
  const auto group = breakdown.choose(cell.value, cell.other);
  if (window.empty() || group.nothing || (cell.date && !window.cohorts.has(*cell.date))) return PlayerList{};
  const ListingVisitor model(snapshot, query, window, breakdown, cell, group);
  return first_players(run_parallel(scan, model, query.threads).players, limit);
}

}  // namespace gm::behavior
