#include "lib/query/analysis/rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/query/language/tables.h"

namespace gm::query {
namespace {

// How far the events of a session may lie behind the day it started on.
constexpr int kSessionReachDays = 2;

Fragment breakdown_columns(const std::vector<Field>& fields, const SqlScope& scope) {
  Fragment columns;
  for (size_t i = 0; i < fields.size(); ++i) {
    columns += Fragment::of(", {} AS {}", {text_of(fields[i], scope), fmt::format("b{}", i)});
  }
  return columns;
}

std::vector<Field> player_properties(const std::vector<Field>& fields) {
  std::vector<Field> properties;
  for (const Field& field : fields) {
    if (field.kind == FieldKind::player_property) properties.push_back(field);
  }
  return properties;
}

bool any_of_player(const std::vector<Field>& fields) {
  return std::any_of(fields.begin(), fields.end(), [](const Field& field) { return field.of_player(); });
}

bool needs_events(const EventRows& rows) {
  return !rows.event.empty() ||
         !std::all_of(rows.filters.begin(), rows.filters.end(), [](const Predicate* p) { return about_players(*p); }) ||
         !std::all_of(rows.breakdown.begin(), rows.breakdown.end(), [](const Field& f) { return f.of_player(); });
}

Fragment players_join(const EventRows& rows, const SqlScope& scope, std::string_view player) {
  if (!rows.join_players && !any_of_player(rows.breakdown)) return {};
  return Fragment::of(" LEFT JOIN {} p ON p.player = {}",
                      {players_relation(scope, player_properties(rows.breakdown)), std::string(player)});
}

// The source of rows that go by `e`, and the tests that belong to it.
Fragment event_source(const EventRows& rows, const SqlScope& scope, std::vector<Fragment>& tests) {
  if (rows.only_presence && !needs_events(rows)) {
    return Fragment::of(
        "(SELECT player, date FROM player_days WHERE project = {} AND {} GROUP BY player, date HAVING sum(active) > 0) "
        "e",
        {scope.project_value(), between("date", rows.range)});
  }
  tests.push_back(Fragment::of("e.project = {}", {scope.project_value()}));
  tests.push_back(between("e.date", rows.range));
  if (!rows.event.empty()) tests.push_back(Fragment::of("e.event = {}", {Fragment::value(rows.event)}));
  return fmt::format("{} e", kEvents);
}

Fragment session_source(DateRange range, const SqlScope& scope) {
  return Fragment::of(
      "(SELECT player, session, started_at, ended_at, date, length_ms FROM sessions WHERE project = {} AND {} GROUP BY "
      "player, session, started_at, ended_at, date, events, length_ms HAVING sum(sign) > 0)",
      {scope.project_value(), between("date", range)});
}

}  // namespace

Fragment between(std::string_view column, DateRange range) {
  return Fragment::of("{} BETWEEN {} AND {}",
                      {std::string(column), Fragment::value(range.from), Fragment::value(range.to)});
}

Fragment select_events(const Fragment& columns, const EventRows& rows, const SqlScope& scope) {
  std::vector<Fragment> tests;
  const Fragment source = event_source(rows, scope, tests);
  for (const Predicate* filter : rows.filters) tests.push_back(condition(*filter, scope, "e.player"));
  tests.insert(tests.end(), rows.tests.begin(), rows.tests.end());
  return Fragment::of("SELECT {}{} FROM {}{} WHERE {}",
                      {columns, breakdown_columns(rows.breakdown, scope), source, players_join(rows, scope, "e.player"),
                       Fragment::join(tests, " AND ", "true")});
}

Fragment select_players(const Fragment& columns, const Frame& frame, std::vector<Fragment> tests,
                        const SqlScope& scope) {
  if (frame.filter) tests.push_back(condition(*frame.filter, scope, "p.player"));
  return Fragment::of("SELECT {}{} FROM {} p WHERE {}", {columns, breakdown_columns(frame.breakdown, scope),
                                                         players_relation(scope, player_properties(frame.breakdown)),
                                                         Fragment::join(tests, " AND ", "true")});
}

Fragment select_sessions(const EventRows& rows, const SqlScope& scope) {
  const Fragment sessions = session_source(rows.range, scope);
  if (!needs_events(rows)) {
    std::vector<Fragment> tests;
    for (const Predicate* filter : rows.filters) tests.push_back(condition(*filter, scope, "s.player"));
    return Fragment::of(
        "SELECT s.player AS player, s.session, s.started_at, s.ended_at, s.date AS date, s.length_ms{} FROM {} s{} "
        "WHERE "
        "{}",
        {breakdown_columns(rows.breakdown, scope), sessions, players_join(rows, scope, "s.player"),
         Fragment::join(tests, " AND ", "true")});
  }
  EventRows events = rows;
  events.range.to = rows.range.to + kSessionReachDays;
  std::string firsts;
  for (size_t i = 0; i < rows.breakdown.size(); ++i) firsts += fmt::format(", arg_min(e.b{0}, e.ts) AS b{0}", i);
  return Fragment::of(
      "SELECT s.player AS player, s.session, s.started_at, s.ended_at, s.date AS date, s.length_ms{} FROM ({}) e ASOF "
      "JOIN {} s ON e.player = s.player AND e.session = s.session AND e.ts >= s.started_at WHERE e.ts <= s.ended_at "
      "GROUP BY s.player, s.session, s.started_at, s.ended_at, s.date, s.length_ms",
      {firsts, select_events("e.player AS player, e.session AS session, e.ts AS ts", events, scope), sessions});
}

Fragment bucket_sql(Interval interval, std::string_view date, std::string_view time, int64_t anchor_ms) {
  switch (interval) {
    case Interval::hour: {
      const Fragment anchor = Fragment::value(anchor_ms);
      return Fragment::of("(CAST({} AS BIGINT) + (epoch_ms({}) - CAST({} AS BIGINT)) // 3600000 * 3600000)",
                          {anchor, std::string(time), anchor});
    }
    case Interval::week:
      return fmt::format("CAST(date_trunc('week', {}) AS DATE)", date);
    case Interval::month:
      return fmt::format("CAST(date_trunc('month', {}) AS DATE)", date);
    case Interval::day:
      break;
  }
  return std::string(date);
}

std::string breakdown_names(size_t count, std::string_view prefix) {
  std::string names;
  for (size_t i = 0; i < count; ++i) names += fmt::format(", {}b{}", prefix, i);
  return names;
}

Fragment fold_breakdown(size_t count, std::string_view ranking, const Fragment& weight, int top) {
  if (count == 0) return "facts AS (SELECT * FROM rows)";
  const std::string names = breakdown_names(count).substr(2);
  std::string order, same, shown;
  for (size_t i = 0; i < count; ++i) {
    order += fmt::format(", b{} NULLS LAST", i);
    same += fmt::format("{}r.b{} IS NOT DISTINCT FROM t.b{}", i == 0 ? "" : " AND ", i, i);
    shown += fmt::format(", CASE WHEN t.place <= {} THEN r.b{} END AS b{}", top, i, i);
  }
  return Fragment::of(
      "places AS (SELECT {}, row_number() OVER (ORDER BY weight DESC{}) AS place FROM (SELECT {}, {} AS weight FROM {} "
      "GROUP BY {})), facts AS (SELECT r.* EXCLUDE ({}){}, coalesce(t.place > {}, true) AS other FROM rows r LEFT JOIN "
      "places t ON {})",
      {names, order, names, weight, std::string(ranking), names, names, shown, std::to_string(top), same});
}

}  // namespace gm::query
