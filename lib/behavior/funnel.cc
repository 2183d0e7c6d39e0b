#include "lib/behavior/funnel.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "lib/behavior/breakdown.h"
#include "lib/behavior/funnel_attempt.h"

namespace gm::behavior {
namespace {

Error invalid(std::string text) { return {std::string(kInvalid), std::move(text)}; }

Status check(const FunnelQuery& query) {
  if (query.steps.empty() || query.steps.size() > kStepsMax)
    return invalid(fmt::format("a funnel has 1 to {} steps", kStepsMax));
  if (query.exclusions.size() > kExclusionsMax)
    return invalid(fmt::format("a funnel has at most {} exclusions", kExclusionsMax));
  if (query.window_ms <= 0) return invalid("the window of a funnel is longer than nothing");
  if (query.order == StepOrder::any && !query.exclusions.empty())
    return invalid("an exclusion lies between two steps, so it needs an order");
  return {};
}

ScanPlan plan_of(const FunnelQuery& query, const Snapshot& snapshot) {
  ScanPlan plan;
  plan.selectors = query.steps;
  plan.selectors.insert(plan.selectors.end(), query.exclusions.begin(), query.exclusions.end());
  plan.required = query.order == StepOrder::any ? (1u << query.steps.size()) - 1 : 1;
  plan.sessions = query.unit == Unit::session;
  plan.every_event = plan.sessions || (query.order == StepOrder::strict && query.among.empty());
  if (query.order == StepOrder::strict && !query.among.empty()) plan.selectors.push_back({{}, true, query.among});
  plan.columns = Breakdown::columns(query.breakdown);
  const DateRange dates = snapshot.dates();
  if (!query.range.has(dates.from) || !query.range.has(dates.to)) plan.columns.add({ColumnId::dates});
  return plan;
}

// Finds each unit's attempt and hands it to `Sink`.
class UnitVisitor : public PlayerVisitor {
 public:
  UnitVisitor(const Snapshot& snapshot, const FunnelQuery& query)
      : evaluator_(snapshot, query), unit_(query.unit), rule_(query.session_rule) {}

  void visit(const PlayerHits& player) final {
    if (unit_ == Unit::player) return decide(player.player, player.hits);
    for_each_session(player.hits, rule_, [&](std::span<Hit> hits) { decide(player.player, hits); });
  }

 protected:
  virtual void take(PlayerKey player, const Attempt& attempt, std::span<const Hit> hits) = 0;

 private:
  void decide(PlayerKey player, std::span<Hit> hits) {
    const Attempt& attempt = evaluator_.evaluate(hits);
    if (attempt.steps > 0) take(player, attempt, hits);
  }

  FunnelEvaluator evaluator_;
  Unit unit_;
  SessionRule rule_;
};

struct GroupSums {
  std::vector<uint64_t> furthest;                  // by steps taken: units that got no further
  std::vector<std::vector<int64_t>> since_first;   // by step
  std::vector<std::vector<int64_t>> since_before;  // by step; of the second step it is since_first

  explicit GroupSums(size_t steps) : furthest(steps + 1), since_first(steps), since_before(steps) {}
  void add(const Attempt& attempt, std::span<const Hit> hits) {
    ++furthest[attempt.steps];
    for (size_t i = 1; i < attempt.steps; ++i) {
      const int64_t time_ms = hits[attempt.at[i]].time_ms;
      since_first[i].push_back(time_ms - attempt.begun_ms);
      if (i > 1) since_before[i].push_back(time_ms - hits[attempt.at[i - 1]].time_ms);
    }
  }
};

class CountingVisitor final : public UnitVisitor {
 public:
  CountingVisitor(const Snapshot& snapshot, const FunnelQuery& query, const Breakdown& breakdown)
      : UnitVisitor(snapshot, query),
        groups(breakdown.values().size(), GroupSums(query.steps.size())),
        breakdown_(&breakdown) {}

  std::vector<GroupSums> groups;  // by value of the breakdown

 private:
  void take(PlayerKey, const Attempt& attempt, std::span<const Hit> hits) override {
    groups[breakdown_->of(hits[attempt.at[0]])].add(attempt, hits);
  }
  const Breakdown* breakdown_;
};

class ListingVisitor final : public UnitVisitor {
 public:
  ListingVisitor(const Snapshot& snapshot, const FunnelQuery& query, const Breakdown& breakdown, const FunnelCell& cell,
                 Breakdown::Chosen group)
      : UnitVisitor(snapshot, query), breakdown_(&breakdown), cell_(cell), group_(group) {}

  void add(const ListingVisitor& other) { players.insert(players.end(), other.players.begin(), other.players.end()); }
  std::vector<PlayerKey> players;

 private:
  void take(PlayerKey player, const Attempt& attempt, std::span<const Hit> hits) override {
    if (attempt.steps < cell_.step || (cell_.dropped && attempt.steps > cell_.step)) return;
    if (!group_.has(breakdown_->of(hits[attempt.at[0]]))) return;
    players.push_back(player);
  }
  const Breakdown* breakdown_;
  FunnelCell cell_;
  Breakdown::Chosen group_;
};

// A duration that is still to be worked out: its times lie in several lists.
struct DurationWork {
  Duration* result;
  std::vector<const std::vector<int64_t>*> lists;
};

void work_out(const DurationWork& work) {
  Duration& duration = *work.result;
  for (const auto* list : work.lists) duration.count += list->size();
  if (duration.count == 0) return;
  std::vector<int64_t> times;
  times.reserve(duration.count);
  for (const auto* list : work.lists) times.insert(times.end(), list->begin(), list->end());
  double sum = 0;
  for (const int64_t time : times) sum += static_cast<double>(time);
  duration.mean_ms = sum / static_cast<double>(times.size());
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  duration.median_ms = static_cast<double>(*middle);
  if (times.size() % 2 == 0)
    duration.median_ms = (duration.median_ms + static_cast<double>(*std::max_element(times.begin(), middle))) / 2;
}

// Medians of millions of times are a good part of the whole: they are shared between threads too.
void work_out_all(const std::vector<DurationWork>& works, unsigned threads) {
  std::atomic<size_t> next{0};
  const auto run = [&] {
    for (size_t i = next++; i < works.size(); i = next++) work_out(works[i]);
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back(run);
  run();
  for (std::thread& other : others) other.join();
}

// Adds up what the threads found for values [first, last] of the breakdown; the durations become work.
FunnelGroup group_of(const std::vector<CountingVisitor>& visitors, size_t first, size_t last) {
  const size_t steps = visitors[0].groups[0].since_first.size();
  FunnelGroup group;
  group.units.resize(steps);
  group.since_first.resize(steps);
  group.since_before.resize(steps);
  for (const CountingVisitor& visitor : visitors) {
    for (size_t value = first; value <= last; ++value) {
      uint64_t units = 0;
      for (size_t step = steps; step >= 1; --step)
        group.units[step - 1] += units += visitor.groups[value].furthest[step];
    }
  }
  return group;
}

// The second step has the same time since the first and since the step before.
void complete(FunnelGroup& group) {
  if (group.units.size() > 1) group.since_before[1] = group.since_first[1];
}

void add_work(FunnelGroup& group, const std::vector<CountingVisitor>& visitors, size_t first, size_t last,
              std::vector<DurationWork>& works) {
  for (size_t step = 1; step < group.units.size(); ++step) {
    DurationWork since_first{&group.since_first[step], {}}, since_before{&group.since_before[step], {}};
    for (const CountingVisitor& visitor : visitors) {
      for (size_t value = first; value <= last; ++value) {
        since_first.lists.push_back(&visitor.groups[value].since_first[step]);
        since_before.lists.push_back(&visitor.groups[value].since_before[step]);
      }
    }
    works.push_back(std::move(since_first));
    if (step > 1) works.push_back(std::move(since_before));
  }
}

}  // namespace

Result<FunnelAnswer> funnel(const Snapshot& snapshot, const FunnelQuery& query) {
  if (Status checked = check(query); !checked) return checked.error();
  Scan scan(snapshot, plan_of(query, snapshot));
  if (Status prepared = scan.prepare(); !prepared) return prepared.error();
  const Breakdown breakdown(snapshot, query.breakdown);
  const auto counted = run_each(scan, CountingVisitor(snapshot, query, breakdown), query.threads);
  const size_t values = breakdown.values().size();
  FunnelAnswer answer;
  if (values == 0) {  // nothing was ever seen
    for (auto* durations : {&answer.total.since_first, &answer.total.since_before})
      durations->resize(query.steps.size());
    answer.total.units.resize(query.steps.size());
    return answer;
  }
  answer.total = group_of(counted, 0, values - 1);
  std::vector<size_t> shown;  // values with units
  for (size_t value = 0; query.breakdown && value < values; ++value) {
    FunnelGroup group = group_of(counted, value, value);
    if (group.units[0] == 0) continue;
    group.value = breakdown.values()[value];
    group.other = breakdown.is_other(value);
    answer.groups.push_back(std::move(group));
    shown.push_back(value);
  }
  std::vector<DurationWork> works;
  add_work(answer.total, counted, 0, values - 1, works);
  for (size_t i = 0; i < shown.size(); ++i) add_work(answer.groups[i], counted, shown[i], shown[i], works);
  const bool small = snapshot.rows() < kRowsPerThreadMin;
  work_out_all(works, small ? 1 : static_cast<unsigned>(counted.size()));
  complete(answer.total);
  for (FunnelGroup& group : answer.groups) complete(group);
  return answer;
}

Result<PlayerList> funnel_players(const Snapshot& snapshot, const FunnelQuery& query, const FunnelCell& cell,
                                  size_t limit) {
  if (Status checked = check(query); !checked) return checked.error();
  if (cell.step < 1 || cell.step > query.steps.size()) return invalid("the cell names a step that the funnel lacks");
  Scan scan(snapshot, plan_of(query, snapshot));
  if (Status prepared = scan.prepare(); !prepared) return prepared.error();
  const Breakdown breakdown(snapshot, query.breakdown);
  const auto group = breakdown.choose(cell.value, cell.other);
  if (group.nothing) return PlayerList{};
  const ListingVisitor model(snapshot, query, breakdown, cell, group);
  return first_players(run_parallel(scan, model, query.threads).players, limit);
}

}  // namespace gm::behavior
