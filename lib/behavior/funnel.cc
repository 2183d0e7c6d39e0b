#include "lib/behavior/funnel.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

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
  if (query.order == StepOrder::strict && !query.exclusions.empty())
    return invalid("a strict funnel excludes every other event already");
  for (const Exclusion& exclusion : query.exclusions) {
    if (exclusion.after < 1 || exclusion.after >= exclusion.before || exclusion.before > query.steps.size())
      return invalid("an exclusion lies between two steps of the funnel");
  }
  return {};
}

ScanPlan plan_of(const FunnelQuery& query, const Snapshot& snapshot) {
  ScanPlan plan;
  plan.selectors = query.steps;
  for (const Exclusion& exclusion : query.exclusions) plan.selectors.push_back(exclusion.events);
  plan.required = query.order == StepOrder::any ? (1u << query.steps.size()) - 1 : 1;
  plan.sessions = query.unit == Unit::session;
  plan.every_event = plan.sessions || query.order == StepOrder::strict;
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
    for_each_session(player.hits, rule_, [&](std::span<const Hit> hits) { decide(player.player, hits); });
  }

 protected:
  virtual void take(PlayerKey player, const Attempt& attempt) = 0;

 private:
  void decide(PlayerKey player, std::span<const Hit> hits) {
    const Attempt& attempt = evaluator_.evaluate(hits);
    if (attempt.steps > 0) take(player, attempt);
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
  void add(const Attempt& attempt) {
    ++furthest[attempt.steps];
    for (size_t i = 1; i < attempt.steps; ++i) {
      since_first[i].push_back(attempt.times_ms[i] - attempt.times_ms[0]);
      if (i > 1) since_before[i].push_back(attempt.times_ms[i] - attempt.times_ms[i - 1]);
    }
  }
  void add(const GroupSums& other) {
    for (size_t i = 0; i < furthest.size(); ++i) furthest[i] += other.furthest[i];
    for (size_t i = 0; i < since_first.size(); ++i) {
      since_first[i].insert(since_first[i].end(), other.since_first[i].begin(), other.since_first[i].end());
      since_before[i].insert(since_before[i].end(), other.since_before[i].begin(), other.since_before[i].end());
    }
  }
};

class CountingVisitor final : public UnitVisitor {
 public:
  CountingVisitor(const Snapshot& snapshot, const FunnelQuery& query, const Breakdown& breakdown)
      : UnitVisitor(snapshot, query),
        breakdown_(&breakdown),
        groups(breakdown.values().size(), GroupSums(query.steps.size())) {}

  void add(const CountingVisitor& other) {
    for (size_t i = 0; i < groups.size(); ++i) groups[i].add(other.groups[i]);
  }

 private:
  void take(PlayerKey, const Attempt& attempt) override { groups[breakdown_->of(attempt.first)].add(attempt); }
  const Breakdown* breakdown_;

 public:
  std::vector<GroupSums> groups;  // by value of the breakdown
};

class ListingVisitor final : public UnitVisitor {
 public:
  ListingVisitor(const Snapshot& snapshot, const FunnelQuery& query, const Breakdown& breakdown, const FunnelCell& cell,
                 std::optional<uint32_t> value)
      : UnitVisitor(snapshot, query), breakdown_(&breakdown), cell_(cell), value_(value) {}

  void add(const ListingVisitor& other) { players.insert(players.end(), other.players.begin(), other.players.end()); }
  std::vector<PlayerKey> players;

 private:
  void take(PlayerKey player, const Attempt& attempt) override {
    if (attempt.steps < cell_.step || (cell_.dropped && attempt.steps > cell_.step)) return;
    if (value_ && breakdown_->of(attempt.first) != *value_) return;
    players.push_back(player);
  }
  const Breakdown* breakdown_;
  FunnelCell cell_;
  std::optional<uint32_t> value_;
};

Duration duration_of(std::vector<int64_t>& times) {
  Duration duration;
  duration.count = times.size();
  if (times.empty()) return duration;
  double sum = 0;
  for (const int64_t time : times) sum += static_cast<double>(time);
  duration.mean_ms = sum / static_cast<double>(times.size());
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  duration.median_ms = static_cast<double>(*middle);
  if (times.size() % 2 == 0)
    duration.median_ms = (duration.median_ms + static_cast<double>(*std::max_element(times.begin(), middle))) / 2;
  return duration;
}

FunnelGroup group_of(std::string value, GroupSums& sums) {
  FunnelGroup group;
  group.value = std::move(value);
  const size_t steps = sums.since_first.size();
  group.units.resize(steps);
  uint64_t units = 0;
  for (size_t step = steps; step >= 1; --step) group.units[step - 1] = units += sums.furthest[step];
  for (size_t i = 0; i < steps; ++i) {
    group.since_first.push_back(duration_of(sums.since_first[i]));
    group.since_before.push_back(i == 1 ? group.since_first[1] : duration_of(sums.since_before[i]));
  }
  return group;
}

}  // namespace

Result<FunnelAnswer> funnel(const Snapshot& snapshot, const FunnelQuery& query) {
  if (Status checked = check(query); !checked) return checked.error();
  Scan scan(snapshot, plan_of(query, snapshot));
  if (Status prepared = scan.prepare(); !prepared) return prepared.error();
  const Breakdown breakdown(snapshot, query.breakdown);
  CountingVisitor counted = run_parallel(scan, CountingVisitor(snapshot, query, breakdown), query.threads);
  FunnelAnswer answer;
  GroupSums total(query.steps.size());
  for (const GroupSums& group : counted.groups) total.add(group);
  answer.total = group_of("", total);
  if (!query.breakdown) return answer;
  for (size_t i = 0; i < counted.groups.size(); ++i) {
    FunnelGroup group = group_of(breakdown.values()[i], counted.groups[i]);
    if (group.units[0] > 0) answer.groups.push_back(std::move(group));
  }
  return answer;
}

Result<PlayerList> funnel_players(const Snapshot& snapshot, const FunnelQuery& query, const FunnelCell& cell,
                                  size_t limit) {
  if (Status checked = check(query); !checked) return checked.error();
  if (cell.step < 1 || cell.step > query.steps.size()) return invalid("the cell names a step that the funnel lacks");
  Scan scan(snapshot, plan_of(query, snapshot));
  if (Status prepared = scan.prepare(); !prepared) return prepared.error();
  const Breakdown breakdown(snapshot, query.breakdown);
  const std::optional<uint32_t> value = cell.value ? breakdown.find(*cell.value) : std::nullopt;
  if (cell.value && !value) return PlayerList{};
  const ListingVisitor model(snapshot, query, breakdown, cell, value);
  return first_players(run_parallel(scan, model, query.threads).players, limit);
}

}  // namespace gm::behavior
