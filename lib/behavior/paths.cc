#include "lib/behavior/paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_map>

namespace gm::behavior {
namespace {

constexpr uint32_t kAnchor = 1, kOther = 2;  // bits of a hit's mask

// Numbers of event names over all sections; 0 is no event.
class Names {
 public:
  explicit Names(const Snapshot& snapshot) : snapshot_(&snapshot) {
    for (const Source& source : snapshot.sources)
      names_.insert(names_.end(), source.section->names().begin(), source.section->names().end());
    std::sort(names_.begin(), names_.end());
    names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
    for (const Source& source : snapshot.sources) {
      std::vector<uint32_t>& numbers = numbers_.emplace_back();
      for (const std::string& name : source.section->names()) numbers.push_back(find(name));
    }
  }
  uint32_t of(const Hit& hit) const {
    return numbers_[hit.source][snapshot_->sources[hit.source].section->event(hit.row)];
  }
  uint32_t find(const std::string& name) const {
    const auto found = std::lower_bound(names_.begin(), names_.end(), name);
    return found == names_.end() || *found != name ? 0 : static_cast<uint32_t>(found - names_.begin()) + 1;
  }
  const std::string& name(uint32_t number) const { return names_[number - 1]; }

 private:
  const Snapshot* snapshot_;
  std::vector<std::string> names_;
  std::vector<std::vector<uint32_t>> numbers_;
};

using Key = std::array<uint32_t, kPathStepsMax>;  // names in the order of time, then zeros
struct KeyHash {
  size_t operator()(const Key& key) const {
    uint64_t hash = 0xCBF29CE484222325;  // FNV-1a by words
    for (const uint32_t part : key) hash = (hash ^ part) * 0x100000001B3;
    return hash ^ (hash >> 32);
  }
};

class PathVisitor : public PlayerVisitor {
 public:
  PathVisitor(const Snapshot& snapshot, const PathsQuery& query, const Names& names)
      : snapshot_(&snapshot), query_(&query), names_(&names) {}

  void visit(const PlayerHits& player) final {
    if (query_->unit == Unit::player) return decide(player.player, player.hits);
    for_each_session(player.hits, query_->session_rule,
                     [&](std::span<const Hit> hits) { decide(player.player, hits); });
  }

 protected:
  virtual void take(PlayerKey player, const Key& path) = 0;

 private:
  bool is_anchor(const Hit& hit) const {
    return (hit.mask & kAnchor) != 0 && query_->range.has(snapshot_->sources[hit.source].section->date(hit.row));
  }

  void decide(PlayerKey player, std::span<const Hit> hits) {
    const auto anchor = [&](const Hit& hit) { return is_anchor(hit); };
    Key key{};
    size_t steps = 0;
    if (!query_->before) {
      const auto first = std::find_if(hits.begin(), hits.end(), anchor);
      if (first == hits.end()) return;
      for (auto hit = first; hit != hits.end() && steps < query_->steps; ++hit) add(key, steps, *hit, hit == first);
    } else {
      const auto last = std::find_if(hits.rbegin(), hits.rend(), anchor);
      if (last == hits.rend()) return;
      for (auto hit = last; hit != hits.rend() && steps < query_->steps; ++hit) add(key, steps, *hit, hit == last);
      std::reverse(key.begin(), key.begin() + static_cast<std::ptrdiff_t>(steps));
    }
    take(player, key);
  }

  void add(Key& key, size_t& steps, const Hit& hit, bool is_first) const {
    if (!is_first && (hit.mask & (kAnchor | kOther)) == 0) return;
    const uint32_t name = names_->of(hit);
    if (query_->join_repeats && steps > 0 && key[steps - 1] == name) return;
    key[steps++] = name;
  }

  const Snapshot* snapshot_;
  const PathsQuery* query_;
  const Names* names_;
};

class CountingVisitor final : public PathVisitor {
 public:
  using PathVisitor::PathVisitor;
  void add(const CountingVisitor& other) {
    for (const auto& [path, count] : other.units) units[path] += count;
  }
  std::unordered_map<Key, uint64_t, KeyHash> units;

 private:
  void take(PlayerKey, const Key& path) override { ++units[path]; }
};

class ListingVisitor final : public PathVisitor {
 public:
  ListingVisitor(const Snapshot& snapshot, const PathsQuery& query, const Names& names, const Key& wanted)
      : PathVisitor(snapshot, query, names), wanted_(wanted) {}
  void add(const ListingVisitor& other) { players.insert(players.end(), other.players.begin(), other.players.end()); }
  std::vector<PlayerKey> players;

 private:
  void take(PlayerKey player, const Key& path) override {
    if (path == wanted_) players.push_back(player);
  }
  Key wanted_;
};

Status check(const PathsQuery& query) {
  if (query.steps >= 1 && query.steps <= kPathStepsMax) return {};
  return Error{std::string(kInvalid), fmt::format("a path has 1 to {} steps", kPathStepsMax)};
}

ScanPlan plan_of(const PathsQuery& query) {
  ScanPlan plan;
  plan.selectors = {query.anchor, query.others};
  plan.required = kAnchor;
  plan.sessions = plan.every_event = query.unit == Unit::session;
  plan.columns = {ColumnId::dates};
  return plan;
}

}  // namespace

Result<PathsAnswer> paths(const Snapshot& snapshot, const PathsQuery& query) {
  if (Status checked = check(query); !checked) return checked.error();
  Scan scan(snapshot, plan_of(query));
  if (Status prepared = scan.prepare(); !prepared) return prepared.error();
  const Names names(snapshot);
  const auto counted = run_parallel(scan, CountingVisitor(snapshot, query, names), query.threads);
  std::vector<std::pair<Key, uint64_t>> all(counted.units.begin(), counted.units.end());
  const size_t kept = std::min(query.top, all.size());
  std::partial_sort(
      all.begin(), all.begin() + static_cast<std::ptrdiff_t>(kept), all.end(),
      [](const auto& a, const auto& b) { return a.second != b.second ? a.second > b.second : a.first < b.first; });
  PathsAnswer answer;
  for (const auto& entry : all) answer.units += entry.second;
  answer.other_units = answer.units;
  for (size_t i = 0; i < kept; ++i) {
    Path& path = answer.top.emplace_back();
    path.units = all[i].second;
    answer.other_units -= path.units;
    for (const uint32_t name : all[i].first) {
      if (name != 0) path.events.push_back(names.name(name));
    }
  }
  return answer;
}

Result<PlayerList> paths_players(const Snapshot& snapshot, const PathsQuery& query,
                                 const std::vector<std::string>& events, size_t limit) {
  if (Status checked = check(query); !checked) return checked.error();
  if (events.empty() || events.size() > query.steps)
    return Error{std::string(kInvalid), "the path has more steps than were asked for, or none"};
  Scan scan(snapshot, plan_of(query));
  if (Status prepared = scan.prepare(); !prepared) return prepared.error();
  const Names names(snapshot);
  Key wanted{};
  for (size_t i = 0; i < events.size(); ++i) {
    wanted[i] = names.find(events[i]);
    if (wanted[i] == 0) return PlayerList{};
  }
  const ListingVisitor model(snapshot, query, names, wanted);
  return first_players(run_parallel(scan, model, query.threads).players, limit);
}

}  // namespace gm::behavior
