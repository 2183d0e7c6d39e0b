#include "lib/query/compiler.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "lib/base/saturating.h"
#include "lib/query/rolling.h"

namespace gm::query {
namespace {

using store::Statement;
using store::Value;

std::string_view column_of(Measure measure) {
  switch (measure) {
    case Measure::players:
      return "players";
    case Measure::new_players:
      return "new_players";
    case Measure::events:
      return "events";
    case Measure::late_events:
      return "late_events";
    case Measure::sessions:
      return "sessions";
    case Measure::session_ms:
      return "session_ms";
    case Measure::payers:
      return "payers";
    case Measure::revenue_micros:
      return "revenue_micros";
    default:
      return "NULL";  // a rolling measure has no column; asking for one yields nulls, which read as 0
  }
}

Value project_value(ProjectId project) { return int64_t{project.value()}; }

std::string placeholders(size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += i == 0 ? "?" : ", ?";
  return text;
}

}  // namespace

const Dialect& duckdb_dialect() {
  static const Dialect dialect{
      [](const std::string& expression) { return fmt::format("CAST({} AS BIGINT)", expression); },
      [](const std::string& expression) {
        return fmt::format(
            "CAST(CASE WHEN sum({0}) > {1} THEN {1} WHEN sum({0}) < -{1} THEN -{1} ELSE sum({0}) END AS BIGINT)",
            expression, kSumMax);
      },
      [](const std::string& expression, int by) { return fmt::format("({} // {})", expression, by); },
      [](const std::string& exponent) { return fmt::format("(CAST(1 AS BIGINT) << CAST({} AS INTEGER))", exponent); },
      [](const std::string& earlier, const std::string& later) { return fmt::format("({} - {})", later, earlier); },
  };
  return dialect;
}

Statement Compiler::day_totals(ProjectId project, DateRange range, const std::vector<Measure>& measures) const {
  std::string columns;
  for (const Measure measure : measures) columns += ", " + sum(std::string(column_of(measure)));
  return {fmt::format(
              "SELECT date{} FROM day_totals WHERE project = ? AND date BETWEEN ? AND ? GROUP BY date ORDER BY date",
              columns),
          {project_value(project), range.from, range.to}};
}

Statement Compiler::player_bounds(ProjectId project, DateRange range) const {
  return {fmt::format("SELECT {}, {} FROM player_days WHERE project = ? AND date BETWEEN ? AND ?",
                      dialect_.as_int64("min(player)"), dialect_.as_int64("max(player)")),
          {project_value(project), range.from, range.to}};
}

Statement Compiler::active_players(ProjectId project, DateRange range, int64_t from_player, int64_t to_player) const {
  // Each player's rows add up to 0 or 1, so the weighted sum sets exactly his bit, whatever was given and taken back in
  // between.
  const std::string block = dialect_.as_int64(dialect_.divided("player", kPlayersPerBlock));
  const std::string weight = dialect_.power_of_2(fmt::format("player % {}", kPlayersPerBlock));
  return {fmt::format("SELECT date, {} AS block, {} FROM player_days WHERE project = ? AND date BETWEEN ? AND ? "
                      "AND player BETWEEN ? AND ? GROUP BY date, block ORDER BY date, block",
                      block, sum(fmt::format("active * {}", weight))),
          {project_value(project), range.from, range.to, from_player, to_player}};
}

Statement Compiler::cohort_days(ProjectId project, DateRange range, const std::vector<int>& days) const {
  const std::string since = dialect_.as_int64(dialect_.days_between("cohort_date", "date"));
  int last = 0;
  for (const int day : days) last = std::max(last, day);
  Statement statement{
      fmt::format(
          "SELECT cohort_date, {} AS day, {} FROM cohort_days WHERE project = ? AND cohort_date BETWEEN ? AND ? "
          "AND date BETWEEN ? AND ? AND {} IN ({}) GROUP BY cohort_date, day ORDER BY cohort_date, day",
          since, sum("players"), since, placeholders(days.size() + 1)),
      {project_value(project), range.from, range.to, range.from, range.to + last}};
  statement.parameters.emplace_back(int64_t{0});  // day 0 is the cohort's size
  for (const int day : days) statement.parameters.emplace_back(int64_t{day});
  return statement;
}

Statement Compiler::top_events(ProjectId project, DateRange range, int limit) const {
  return {fmt::format("SELECT event, {} AS events FROM event_days WHERE project = ? AND date BETWEEN ? AND ? "
                      "GROUP BY event HAVING sum(events) > 0 ORDER BY 2 DESC, 1 LIMIT ?",
                      sum("events")),
          {project_value(project), range.from, range.to, int64_t{limit}}};
}

Statement Compiler::unconverted(ProjectId project, DateRange range, const std::string& currency) const {
  return {fmt::format("SELECT currency, {}, {} FROM unconverted_days WHERE project = ? AND date BETWEEN ? AND ? AND "
                      "currency <> ? GROUP BY currency ORDER BY 2 DESC, 1",
                      sum("events"), sum("micros")),
          {project_value(project), range.from, range.to, currency}};
}

Statement Compiler::project_bounds(ProjectId project) const {
  return {fmt::format("SELECT {}, min(date), max(date) FROM (SELECT date, sum(events) AS day_events FROM day_totals "
                      "WHERE project = ? GROUP BY date HAVING sum(events) > 0) AS days",
                      sum("day_events")),
          {project_value(project)}};
}

Statement Compiler::event_times(ProjectId project, Date date) const {
  return {"SELECT min(ts), max(ts) FROM events WHERE project = ? AND date = ?", {project_value(project), date}};
}

Statement Compiler::rejected_reasons(ProjectId project) const {
  return {fmt::format("SELECT reason, {} FROM rejected_events WHERE project = ? GROUP BY reason ORDER BY 2 DESC, 1",
                      dialect_.as_int64("count(*)")),
          {project_value(project)}};
}

Statement Compiler::rejected(ProjectId project, std::optional<int64_t> before, const std::optional<std::string>& reason,
                             int limit) const {
  Statement statement{
      fmt::format("SELECT {}, received_at, reason, detail, source, raw FROM rejected_events WHERE project = ?",
                  dialect_.as_int64("log_offset")),
      {project_value(project)}};
  if (before) {
    statement.sql += " AND log_offset < ?";
    statement.parameters.emplace_back(*before);
  }
  if (reason) {
    statement.sql += " AND reason = ?";
    statement.parameters.emplace_back(*reason);
  }
  statement.sql += " ORDER BY log_offset DESC LIMIT ?";
  statement.parameters.emplace_back(int64_t{limit});
  return statement;
}

}  // namespace gm::query
