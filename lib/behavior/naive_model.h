#pragma once
// For tests: the same questions answered from a plain list of events in the plainest way that can be right.

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "lib/behavior/counts.h"
#include "lib/behavior/funnel.h"
#include "lib/behavior/paths.h"
#include "lib/behavior/retention.h"

namespace gm::behavior {

struct ModelEvent {
  PlayerKey player = 0;
  int64_t time_ms = 0;
  Date date;
  std::string name;
  std::array<std::string, kDimensions> attributes;
  std::string session;
  std::optional<int64_t> revenue_micros;
  log::Partition partition = 0;
  log::Offset offset = 0;
};

class NaiveModel {
 public:
  using History = std::vector<ModelEvent>;
  using Units = std::vector<std::pair<PlayerKey, History>>;

  std::vector<ModelEvent> events;
  std::map<PlayerKey, PlayerKey> links;
  std::set<PlayerKey> erased;

  PlayerKey canonical(PlayerKey key) const { return links.contains(key) ? links.at(key) : key; }

  std::map<PlayerKey, History> histories() const {
    std::map<PlayerKey, History> result;
    for (const ModelEvent& event : events) {
      const PlayerKey player = canonical(event.player);
      if (!erased.contains(event.player) && !erased.contains(player)) result[player].push_back(event);
    }
    for (auto& [player, history] : result) sort(history);
    return result;
  }

  static bool matches(const EventSelector& selector, const ModelEvent& event) {
    if (!selector.any_name && !std::ranges::count(selector.names, event.name)) return false;
    return std::ranges::all_of(selector.tests, [&](const AttributeTest& test) {
      const bool found = std::ranges::count(test.values, value(event, test.dimension)) > 0;
      return found != test.negated;
    });
  }
  static const std::string& value(const ModelEvent& event, Dimension dimension) {
    return event.attributes[static_cast<size_t>(dimension)];
  }

  // Of a division; kOthers stands for those that are not shown.
  static constexpr const char* kOthers = "(others)";
  static std::string group(const ModelEvent& event, const Division& division) {
    const std::string& own = value(event, division.dimension);
    return !division.shown || std::ranges::count(*division.shown, own) > 0 ? own : kOthers;
  }

  Units units(Unit unit, const SessionRule& rule) const {
    Units result;
    for (const auto& [player, history] : histories()) {
      if (unit == Unit::player) {
        result.emplace_back(player, history);
        continue;
      }
      std::map<std::string, History> by_session;
      for (const ModelEvent& event : history) by_session[event.session].push_back(event);
      for (const auto& [session, all] : by_session) {
        const int64_t gap = session.empty() ? rule.gap_ms : rule.named_gap_ms;
        for (size_t i = 0; i < all.size(); ++i) {
          if (i == 0 || all[i].time_ms - all[i - 1].time_ms > gap) result.emplace_back(player, History());
          result.back().second.push_back(all[i]);
        }
      }
    }
    return result;
  }

  // --- funnels ---
  struct Way {
    size_t begin = 0;            // index of its first event
    std::vector<int64_t> times;  // by step taken
  };
  struct UnitWay {
    PlayerKey player;
    std::string value;
    Way way;
  };

  std::vector<UnitWay> ways(const FunnelQuery& query) const {
    std::vector<UnitWay> result;
    for (auto [player, history] : units(query.unit, query.session_rule)) {
      std::ranges::stable_sort(
          history, {}, [&](const ModelEvent& event) { return std::pair(event.time_ms, first_step(event, query)); });
      Way best;
      for (size_t begin = 0; begin < history.size(); ++begin) {
        if (!query.range.has(history[begin].date)) continue;
        const Way way = way_from(history, begin, query);
        if (way.times.size() > best.times.size()) best = way;
      }
      if (best.times.empty()) continue;
      result.push_back({player, query.breakdown ? group(history[best.begin], *query.breakdown) : "", best});
    }
    return result;
  }

  static size_t first_step(const ModelEvent& event, const FunnelQuery& query) {
    size_t step = 0;
    while (step < query.steps.size() && !matches(query.steps[step], event)) ++step;
    return step;
  }

  static Way way_from(const History& history, size_t begin, const FunnelQuery& query) {
    if (query.order == StepOrder::any) return any(history, begin, query);
    Way way{begin, {}};
    if (!matches(query.steps[0], history[begin])) return way;
    way.times.push_back(history[begin].time_ms);
    for (size_t i = begin + 1; i < history.size() && way.times.size() < query.steps.size(); ++i) {
      if (history[i].time_ms - history[begin].time_ms > query.window_ms) break;
      if (std::ranges::any_of(query.exclusions, [&](const auto& excluded) { return matches(excluded, history[i]); }))
        break;
      if (matches(query.steps[way.times.size()], history[i])) {
        way.times.push_back(history[i].time_ms);
      } else if (query.order == StepOrder::strict && lies_between(history[i], query)) {
        break;
      }
    }
    return way;
  }

  static bool lies_between(const ModelEvent& event, const FunnelQuery& query) {
    return matches({{}, true, query.among}, event) || first_step(event, query) < query.steps.size();
  }

  // The window of an event holds all others of its moment, too.
  static Way any(const History& history, size_t begin, const FunnelQuery& query) {
    Way way{begin, {}};
    if (first_step(history[begin], query) == query.steps.size()) return way;
    for (const EventSelector& step : query.steps) {
      const auto found = std::ranges::find_if(history, [&](const ModelEvent& event) {
        return matches(step, event) && event.time_ms >= history[begin].time_ms &&
               event.time_ms - history[begin].time_ms <= query.window_ms;
      });
      if (found != history.end()) way.times.push_back(found->time_ms);
    }
    std::ranges::sort(way.times);
    return way;
  }

  // --- retention ---
  struct Membership {
    PlayerKey player;
    std::string value;
    Date cohort;
    std::vector<bool> kept;  // by span
  };

  std::vector<Membership> memberships(const RetentionQuery& query) const {
    std::vector<Membership> result;
    for (const auto& [player, history] : histories()) {
      std::set<Date> seen;
      for (const ModelEvent& start : history) {
        if (!matches(query.start, start)) continue;
        const bool in_range = query.range.has(start.date);
        if (in_range && seen.insert(start.date).second) {
          Membership member{player, query.breakdown ? group(start, *query.breakdown) : "", start.date, {}};
          for (const RetentionSpan& span : query.spans) member.kept.push_back(kept(history, start, span, query));
          result.push_back(member);
          if (query.which == RetentionStart::first_in_range) break;
        }
        if (query.which == RetentionStart::first_ever) break;
      }
    }
    return result;
  }

  static bool kept(const History& history, const ModelEvent& start, RetentionSpan span, const RetentionQuery& query) {
    std::set<int64_t> days;
    for (const ModelEvent& event : history) {
      if (!matches(query.comeback, event) || event.time_ms < start.time_ms) continue;
      if (event.date > query.comeback_until) continue;
      const bool calendar = query.days == RetentionDays::calendar;
      days.insert(calendar ? event.date - start.date : (event.time_ms - start.time_ms) / kMsPerDay);
    }
    switch (query.kind) {
      case RetentionKind::classic:
        return days.contains(span.to);
      case RetentionKind::rolling:
        return std::ranges::any_of(days, [&](int64_t day) { return day >= span.to; });
      case RetentionKind::ranged:
        return std::ranges::any_of(days, [&](int64_t day) { return day >= span.from && day <= span.to; });
      case RetentionKind::full:
        for (int64_t day = span.from; day <= span.to; ++day) {
          if (!days.contains(day)) return false;
        }
        return true;
    }
    return false;
  }

  // --- paths ---
  std::vector<std::pair<PlayerKey, std::vector<std::string>>> taken_paths(const PathsQuery& query) const {
    std::vector<std::pair<PlayerKey, std::vector<std::string>>> result;
    for (auto [player, history] : units(query.unit, query.session_rule)) {
      if (query.before) std::ranges::reverse(history);
      std::vector<std::string> path;
      bool begun = false;
      for (const ModelEvent& event : history) {
        const bool anchors = matches(query.anchor, event);
        const bool is_first = !begun && anchors && query.range.has(event.date);
        begun = begun || is_first;
        if (!begun || path.size() == query.steps) continue;
        if (!is_first && !anchors && !matches(query.others, event)) continue;
        if (!query.join_repeats || path.empty() || path.back() != event.name) path.push_back(event.name);
      }
      if (query.before) std::ranges::reverse(path);
      if (begun) result.emplace_back(player, path);
    }
    return result;
  }

 private:
  static void sort(History& history) {
    std::ranges::sort(history, {}, [](const ModelEvent& e) { return std::tuple(e.time_ms, e.partition, e.offset); });
  }
};

}  // namespace gm::behavior
