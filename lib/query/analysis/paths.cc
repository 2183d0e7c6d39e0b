#include "lib/query/analysis/paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "lib/query/analysis/units.h"

namespace gm::query {
namespace {

using store::Value;

// (u, player, event, pos): the events of each unit in order, repeats in a row taken together when asked for.
Fragment sequence_sql(const PathsQuestion& question, const Context& context) {
  EventRows rows = context.rows();
  const Fragment events = with_units(
      "e.player AS player, e.ts AS ts, e.date AS date, e.session AS session, e.event AS event, e.event_id AS id", rows,
      question.per_session, context.sql());
  const char* keep = question.collapse_repeats ? "before IS DISTINCT FROM event" : "true";
  return Fragment::of(
      "SELECT u, player, event, row_number() OVER (PARTITION BY u ORDER BY ts, event, id) AS pos FROM (SELECT *, "
      "lag(event) "
      "OVER (PARTITION BY u ORDER BY ts, event, id) AS before FROM ({})) WHERE {}",
      {events, keep});
}

// (u, first, last): where the path of each unit begins and ends.
Fragment bounds_sql(const PathsQuestion& question) {
  const Fragment first = question.from.empty()
                             ? Fragment("min(pos)")
                             : Fragment::of("min(pos) FILTER (WHERE event = {})", {Fragment::value(question.from)});
  const Fragment begins = Fragment::of("SELECT u, {} AS first FROM sequence GROUP BY u", {first});
  if (question.to.empty()) {
    return Fragment::of("SELECT u, first, first + {} AS last FROM ({}) WHERE first IS NOT NULL",
                        {std::to_string(question.depth), begins});
  }
  // Backwards from the first `to` behind `from`.
  return Fragment::of(
      "SELECT b.u AS u, greatest(b.first, min(s.pos) - {}) AS first, min(s.pos) AS last FROM ({}) b JOIN sequence s ON "
      "s.u = "
      "b.u AND s.event = {} AND s.pos >= b.first GROUP BY b.u, b.first",
      {std::to_string(question.depth), begins, Fragment::value(question.to)});
}

// Steps count from the beginning (1, 2, ...) or, for paths to an event, back from it (-1 leads to it).
const char* step_sql(const PathsQuestion& question) {
  return question.to.empty() ? "s.pos - b.first + 1" : "s.pos - b.last";
}

KindText text_of(const PathsQuestion& question) {
  const std::string unit = question.per_session ? "session" : "player";
  std::string text = "Which event follows which, per " + unit + ". ";
  if (!question.to.empty()) {
    text += "Paths end with the first event " + question.to +
            (question.from.empty() ? "" : " behind the first " + question.from) + "; steps are counted back from it. ";
  } else if (!question.from.empty()) {
    text += "Paths begin with the first event " + question.from + ". ";
  } else {
    text += "Paths begin with the first event in the range. ";
  }
  text += fmt::format("At most {} steps. ", question.depth);
  if (question.collapse_repeats) text += "Repeats in a row count once. ";
  text += "A target without a name is the end of the path.";
  return {"paths", "Paths", text, unit + "s", "calendar day"};
}

}  // namespace

Cells cells_of(const PathsQuestion& question, const Context& context) {
  Cells cells;
  // `t` is the event behind the row, if the path goes on to it.
  cells.ctes = Fragment::of(
      "sequence AS ({}), bounds AS ({}), names AS (SELECT event FROM sequence GROUP BY event ORDER BY count(*) DESC, "
      "event "
      "LIMIT {}), edges AS (SELECT s.player AS player, {} AS k0, s.event AS source, t.event AS target FROM sequence s "
      "JOIN "
      "bounds b ON b.u = s.u AND s.pos >= b.first AND s.pos < b.last LEFT JOIN sequence t ON t.u = s.u AND t.pos = "
      "s.pos + "
      "1), facts AS (SELECT player, CAST(k0 AS BIGINT) AS k0, CASE WHEN source IN (SELECT event FROM names) THEN "
      "source END "
      "AS source, source NOT IN (SELECT event FROM names) AS source_other, CASE WHEN target IN (SELECT event FROM "
      "names) "
      "THEN target END AS target, coalesce(target NOT IN (SELECT event FROM names), false) AS target_other FROM edges)",
      {sequence_sql(question, context), bounds_sql(question), std::to_string(question.events_max), step_sql(question)});
  cells.coordinates = {{"step", "k0", ColumnType::integer},
                       {"source", "source", ColumnType::text},
                       {"source_other", "source_other", ColumnType::flag},
                       {"target", "target", ColumnType::text},
                       {"target_other", "target_other", ColumnType::flag}};
  cells.values = {{"units", "count(*)", ""}, {"players", "count(DISTINCT player)", ""}};
  return cells;
}

Result<TableAnswer> answer(const PathsQuestion& question, const Context& context) {
  const Cells cells = cells_of(question, context);
  auto found = context.run(cells.answer());
  if (!found) return found.error();
  const auto explanation = context.explain(text_of(question));
  if (!explanation) return explanation.error();
  const size_t keys = cells.coordinates.size();
  std::sort(found->rows.begin(), found->rows.end(), [&](const auto& a, const auto& b) {
    if (a[0] != b[0]) return a[0] < b[0];
    return a[keys + 1] != b[keys + 1] ? a[keys + 1] > b[keys + 1] : a < b;
  });
  AnswerTable table{"rows", columns_of(cells.coordinates), {}};
  table.columns.push_back({"units", ColumnType::integer, false});
  table.columns.push_back({"players", ColumnType::integer, false});
  for (auto& row : found->rows) {
    row.erase(row.begin() + static_cast<long>(keys));
    table.rows.push_back(std::move(row));
  }
  return TableAnswer{*explanation, {std::move(table)}, {}};
}

}  // namespace gm::query
