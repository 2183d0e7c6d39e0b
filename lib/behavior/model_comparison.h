#pragma once
// For tests: every number and every list of players of an answer beside the naive model's.

#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "lib/behavior/naive_model.h"
#include "lib/behavior/timeline.h"

namespace gm::behavior {

inline constexpr size_t kNoLimit = 1'000'000;

inline std::vector<PlayerKey> listed(const std::set<PlayerKey>& players) { return {players.begin(), players.end()}; }

inline void expect_duration(const Duration& actual, std::vector<int64_t> times) {
  std::sort(times.begin(), times.end());
  ASSERT_EQ(actual.count, times.size());
  if (times.empty()) return;
  const size_t n = times.size();
  const double sum = std::accumulate(times.begin(), times.end(), 0.0);
  EXPECT_NEAR(actual.mean_ms, sum / static_cast<double>(n), 1e-3);
  EXPECT_EQ(actual.median_ms, static_cast<double>(times[n / 2] + times[(n - 1) / 2]) / 2);
}

// The group's name in the model.
template <typename Group>
std::string name_of(const Group& group) {
  return group.other ? NaiveModel::kOthers : group.value;
}
// Names the group of the model in a cell.
template <typename Cell>
void choose(Cell& cell, const std::string& name) {
  cell.other = name == NaiveModel::kOthers;
  cell.value = cell.other ? std::nullopt : std::optional<std::string>(name);
}

inline void expect_funnel_group(const FunnelGroup& group, const std::vector<NaiveModel::UnitWay>& ways,
                                const FunnelQuery& query, bool all) {
  for (size_t step = 1; step <= query.steps.size(); ++step) {
    uint64_t units = 0;
    std::vector<int64_t> since_first, since_before;
    for (const auto& [player, value, way] : ways) {
      if ((!all && value != name_of(group)) || way.times.size() < step) continue;
      ++units;
      if (step == 1) continue;
      since_first.push_back(way.times[step - 1] - way.times[0]);
      since_before.push_back(way.times[step - 1] - way.times[step - 2]);
    }
    EXPECT_EQ(group.units[step - 1], units) << "step " << step << " of " << name_of(group);
    expect_duration(group.since_first[step - 1], since_first);
    expect_duration(group.since_before[step - 1], since_before);
  }
}

inline void compare_funnel(const Snapshot& snapshot, const NaiveModel& model, const FunnelQuery& query) {
  const auto answer = funnel(snapshot, query);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  const auto ways = model.ways(query);
  expect_funnel_group(answer->total, ways, query, true);
  std::set<std::string> values;
  for (const auto& way : ways) values.insert(way.value);
  ASSERT_EQ(answer->groups.size(), query.breakdown ? values.size() : 0);
  for (const FunnelGroup& group : answer->groups) expect_funnel_group(group, ways, query, false);
  for (size_t step = 1; step <= query.steps.size(); ++step) {
    for (const bool dropped : {false, true}) {
      FunnelCell cell{step, dropped, std::nullopt};
      if (query.breakdown && !values.empty()) choose(cell, *values.begin());
      std::set<PlayerKey> expected;
      for (const auto& [player, value, way] : ways) {
        if (query.breakdown && value != *values.begin()) continue;
        if (dropped ? way.times.size() == step : way.times.size() >= step) expected.insert(player);
      }
      const auto players = funnel_players(snapshot, query, cell, kNoLimit);
      ASSERT_TRUE(players.ok());
      EXPECT_EQ(players->players, listed(expected));
    }
  }
}

inline void compare_retention(const Snapshot& snapshot, const NaiveModel& model, const RetentionQuery& query) {
  const auto answer = retention(snapshot, query);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  const auto members = model.memberships(query);
  using Key = std::tuple<std::string, Date>;
  std::map<Key, RetentionCohort> expected, total;
  for (const auto& [player, value, date, kept] : members) {
    for (auto* cohorts : {&total, &expected}) {
      RetentionCohort& cohort = (*cohorts)[{cohorts == &total ? "" : value, date}];
      cohort.players.resize(kept.size());
      ++cohort.size;
      for (size_t i = 0; i < kept.size(); ++i) cohort.players[i] += kept[i];
    }
  }
  const auto expect_group = [](const RetentionGroup& group, std::map<Key, RetentionCohort>& wanted) {
    for (const RetentionCohort& cohort : group.cohorts) {
      const auto found = wanted.find({name_of(group), cohort.date});
      ASSERT_NE(found, wanted.end());
      EXPECT_EQ(cohort.size, found->second.size);
      EXPECT_EQ(cohort.players, found->second.players);
      wanted.erase(found);
    }
  };
  expect_group(answer->total, total);
  EXPECT_TRUE(total.empty());
  for (const RetentionGroup& group : answer->groups) expect_group(group, expected);
  EXPECT_TRUE(!query.breakdown || expected.empty());
  for (size_t span = 0; span < query.spans.size(); ++span) {
    RetentionCell cell{std::nullopt, std::nullopt, span, span % 2 == 1};
    if (span > 1 && !members.empty()) cell.date = members.front().cohort;
    std::set<PlayerKey> players;
    for (const auto& member : members) {
      if ((!cell.date || member.cohort == *cell.date) && member.kept[span] != cell.lost) players.insert(member.player);
    }
    EXPECT_EQ(retention_players(snapshot, query, cell, kNoLimit)->players, listed(players));
  }
}

inline void compare_counts(const Snapshot& snapshot, const NaiveModel& model, const CountsQuery& query) {
  const auto answer = counts(snapshot, query);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  struct Cell {
    uint64_t events = 0;
    std::set<PlayerKey> players;
    int64_t revenue = 0;
  };
  std::map<std::string, std::map<Date, Cell>> expected;
  std::map<std::string, std::set<PlayerKey>> whole;
  for (const auto& [player, history] : model.histories()) {
    for (const ModelEvent& event : history) {
      if (!NaiveModel::matches(query.events, event) || !query.range.has(event.date)) continue;
      std::set<std::string> groups = {"the total"};
      if (query.breakdown) groups.insert(NaiveModel::group(event, *query.breakdown));
      for (const std::string& group : groups) {
        Cell& cell = expected[group][event.date];
        ++cell.events;
        cell.players.insert(player);
        cell.revenue += query.revenue ? event.revenue_micros.value_or(0) : 0;
        whole[group].insert(player);
      }
    }
  }
  const auto expect_group = [&](const CountsGroup& group, const std::string& name) {
    EXPECT_EQ(group.players, whole[name].size());
    ASSERT_EQ(group.days.size(), expected[name].size());
    for (const DayCount& day : group.days) {
      const Cell& cell = expected[name][day.date];
      EXPECT_EQ(day.events, cell.events);
      EXPECT_EQ(day.players, cell.players.size());
      EXPECT_EQ(day.revenue_micros, cell.revenue);
      CountsCell asked{day.date, std::nullopt};
      if (name != "the total") choose(asked, name);
      EXPECT_EQ(counts_players(snapshot, query, asked, kNoLimit)->players, listed(cell.players));
    }
  };
  expect_group(answer->total, "the total");
  for (const CountsGroup& group : answer->groups) expect_group(group, name_of(group));
  EXPECT_EQ(answer->groups.size(), query.breakdown ? expected.size() - (expected.contains("the total") ? 1 : 0) : 0);
}

inline void compare_paths(const Snapshot& snapshot, const NaiveModel& model, const PathsQuery& query) {
  const auto answer = paths(snapshot, query);
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  const auto taken = model.taken_paths(query);
  std::map<std::vector<std::string>, uint64_t> units;
  for (const auto& [player, path] : taken) ++units[path];
  std::vector<std::pair<std::vector<std::string>, uint64_t>> ranked(units.begin(), units.end());
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  EXPECT_EQ(answer->units, taken.size());
  ASSERT_EQ(answer->top.size(), std::min(query.top, ranked.size()));
  uint64_t others = taken.size();
  for (size_t i = 0; i < answer->top.size(); ++i) {
    EXPECT_EQ(answer->top[i].events, ranked[i].first);
    EXPECT_EQ(answer->top[i].units, ranked[i].second);
    others -= ranked[i].second;
    std::set<PlayerKey> players;
    for (const auto& [player, path] : taken) {
      if (path == ranked[i].first) players.insert(player);
    }
    EXPECT_EQ(paths_players(snapshot, query, ranked[i].first, kNoLimit)->players, listed(players));
  }
  EXPECT_EQ(answer->other_units, others);
}

// `history` from the newest event on.
inline void expect_timeline_moments(const Snapshot& snapshot, PlayerKey player, const NaiveModel::History& history) {
  constexpr size_t kCount = 3;
  const int64_t until_ms = history[history.size() / 2].time_ms;
  std::set<Date> dates;
  std::set<int64_t> times_ms;
  size_t counted = 0;
  for (const ModelEvent& event : history) {
    if (event.time_ms > until_ms || (event.time_ms < until_ms && ++counted > kCount)) continue;
    dates.insert(event.date);
    times_ms.insert(event.time_ms);
  }
  const auto moments = timeline_moments(snapshot, player, until_ms, kCount);
  ASSERT_TRUE(moments.ok());
  EXPECT_EQ(moments->dates, std::vector<Date>(dates.begin(), dates.end()));
  EXPECT_EQ(moments->times_ms, std::vector<int64_t>(times_ms.begin(), times_ms.end()));
  EXPECT_TRUE(timeline_moments(snapshot, player, history.back().time_ms - 1, kCount)->dates.empty());
}

inline void compare_timelines(const Snapshot& snapshot, const NaiveModel& model) {
  for (auto [player, history] : model.histories()) {
    std::reverse(history.begin(), history.end());
    expect_timeline_moments(snapshot, player, history);
    const auto entries = timeline(snapshot, player, 1, 30);
    ASSERT_TRUE(entries.ok());
    ASSERT_EQ(entries->size(), std::min<size_t>(30, history.size() - 1));
    for (size_t i = 0; i < entries->size(); ++i) {
      const TimelineEntry& entry = (*entries)[i];
      const ModelEvent& event = history[i + 1];
      EXPECT_EQ(std::tie(entry.time_ms, entry.partition, entry.offset, entry.date, entry.event),
                std::tie(event.time_ms, event.partition, event.offset, event.date, event.name));
    }
  }
}

}  // namespace gm::behavior
