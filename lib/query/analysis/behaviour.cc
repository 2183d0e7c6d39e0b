#include "lib/query/analysis/behaviour.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "lib/query/analysis/series.h"

namespace gm::query {
namespace {

using store::Value;
using Key = std::vector<Value>;

// (player, date, b0...), once for each day on which the player was active.
Fragment active_days(DateRange range, const Context& context) {
  EventRows rows = context.rows();
  rows.range = range;
  rows.only_presence = true;
  return Fragment::of("SELECT DISTINCT * FROM ({})",
                      {select_events("e.player AS player, e.date AS date", rows, context.sql())});
}

const char* one_interval(Interval interval) {
  if (interval == Interval::week) return "INTERVAL 7 DAY";
  if (interval == Interval::month) return "INTERVAL 1 MONTH";
  return "INTERVAL 1 DAY";
}

Fragment next_interval(Interval interval, const char* date) {
  return fmt::format("CAST({} + {} AS DATE)", date, one_interval(interval));
}

Date date_at(const std::vector<Value>& buckets, size_t index) { return std::get<Date>(buckets[index]); }

// Rows as the store gave them, without the grouping column, in the order of their coordinates.
AnswerTable plain_table(const Cells& cells, store::Table found) {
  AnswerTable table{"rows", columns_of(cells.coordinates), {}};
  for (auto& row : found.rows) {
    row.erase(row.begin() + static_cast<long>(cells.coordinates.size()));
    table.rows.push_back(std::move(row));
  }
  std::sort(table.rows.begin(), table.rows.end());
  return table;
}

Result<TableAnswer> plain_answer(const Cells& cells, const KindText& text, Date last, const std::vector<Column>& values,
                                 const Context& context) {
  auto found = context.run(cells.answer());
  if (!found) return found.error();
  const auto explanation = context.explain(text, last);
  if (!explanation) return explanation.error();
  AnswerTable table = plain_table(cells, std::move(*found));
  table.columns.insert(table.columns.end(), values.begin(), values.end());
  return TableAnswer{*explanation, {std::move(table)}, {}};
}

}  // namespace

// --- segments ---

Cells cells_of(const SegmentQuestion&, const Context& context) {
  const auto& breakdown = context.frame().breakdown;
  Cells cells;
  cells.ctes =
      Fragment::of("rows AS ({}), ", {select_players("p.player AS player", context.frame(), {}, context.sql())});
  cells.ctes += fold_breakdown(breakdown.size(), "rows", "count(*)", context.frame().top);
  context.add_breakdown(cells.coordinates);
  cells.values = {{"players", "count(DISTINCT player)", ""}};
  return cells;
}

Result<TableAnswer> answer(const SegmentQuestion& question, const Context& context) {
  const KindText text{
      "segment", "Segment",
      "Players to whom the filter applies, counted over all players of the project. \"did\" looks at the "
      "days it names, which end with the range's last day, or at the range.",
      "players", "calendar day"};
  return plain_answer(cells_of(question, context), text, context.frame().range.to,
                      {{"players", ColumnType::integer, false}}, context);
}

// --- lifecycle ---

Cells cells_of(const LifecycleQuestion& question, const Context& context) {
  const SqlScope scope = context.sql();
  const auto buckets = buckets_of(question.interval, scope.range, context.calendar());
  const Date first = date_at(buckets, 0);
  // The interval before the first tells who returns and who sleeps.
  const int reach = question.interval == Interval::month ? 31 : question.interval == Interval::week ? 7 : 1;
  const Date last = date_at(buckets, buckets.size() - 1);
  const size_t count = context.frame().breakdown.size();
  const std::string names = breakdown_names(count, "a.");
  Cells cells;
  cells.ctes = Fragment::of(
      "active AS (SELECT DISTINCT player, {} AS k{} FROM ({})), stays AS (SELECT *, lag(k) OVER (PARTITION BY player "
      "ORDER BY "
      "k) AS before, lead(k) OVER (PARTITION BY player ORDER BY k) AS after FROM active), states AS (SELECT a.player "
      "AS "
      "player, a.k AS k0, CASE WHEN p.first_day >= a.k THEN 'new' WHEN {} = a.k THEN 'returning' ELSE 'resurrected' "
      "END AS "
      "state{} FROM stays a JOIN {} p ON p.player = a.player UNION ALL SELECT a.player, {}, 'dormant'{} FROM stays a "
      "WHERE "
      "a.after IS DISTINCT FROM {}), rows AS (SELECT * FROM states WHERE k0 BETWEEN {} AND {}), ",
      {bucket_sql(question.interval, "date", "", 0), breakdown_names(count),
       active_days({first - reach, scope.range.to}, context), next_interval(question.interval, "a.before"), names,
       players_relation(scope), next_interval(question.interval, "a.k"), names, next_interval(question.interval, "a.k"),
       Fragment::value(first), Fragment::value(last)});
  cells.ctes += fold_breakdown(count, "rows", "count(DISTINCT player)", context.frame().top);
  cells.coordinates.push_back({"date", "k0", ColumnType::date});
  context.add_breakdown(cells.coordinates);
  cells.coordinates.push_back({"state", "state", ColumnType::text});
  cells.values = {{"players", "count(DISTINCT player)", ""}};
  return cells;
}

Result<TableAnswer> answer(const LifecycleQuestion& question, const Context& context) {
  const KindText text{
      "lifecycle", "Lifecycle",
      "Players by what the interval means for them: new (first event ever), returning (active in the "
      "interval before as well), resurrected (not active in the interval before), dormant (active in the "
      "interval before, not in this one). Weeks and months are whole from the one that holds the range's "
      "first day.",
      "players",
      question.interval == Interval::day    ? "calendar day"
      : question.interval == Interval::week ? "calendar week"
                                            : "calendar month"};
  return plain_answer(cells_of(question, context), text, context.frame().range.to,
                      {{"players", ColumnType::integer, false}}, context);
}

// --- stickiness ---

Cells cells_of(const StickinessQuestion&, const Context& context) {
  const size_t count = context.frame().breakdown.size();
  const std::string names = breakdown_names(count);
  Cells cells;
  cells.ctes = Fragment::of(
      "rows AS (SELECT player, CAST(count(DISTINCT date) AS BIGINT) AS k0{} FROM ({}) GROUP BY player{}), ",
      {names, active_days(context.frame().range, context), names});
  cells.ctes += fold_breakdown(count, "rows", "count(*)", context.frame().top);
  context.add_breakdown(cells.coordinates);
  cells.coordinates.push_back({"days", "k0", ColumnType::integer});
  cells.values = {{"players", "count(DISTINCT player)", ""}};
  return cells;
}

Result<TableAnswer> answer(const StickinessQuestion& question, const Context& context) {
  const KindText text{"stickiness", "Players by active days",
                      "Players by the number of days of the range on which they were active.", "players",
                      "calendar day"};
  return plain_answer(cells_of(question, context), text, context.frame().range.to,
                      {{"players", ColumnType::integer, false}}, context);
}

// --- churn ---

Cells cells_of(const ChurnQuestion& question, const Context& context) {
  const DateRange range = context.frame().range;
  const size_t count = context.frame().breakdown.size();
  Cells cells;
  cells.ctes = Fragment::of(
      "active AS ({}), rows AS (SELECT player, date AS k0, coalesce(after > date + {}, true) AS gone{} FROM (SELECT *, "
      "lead(date) OVER (PARTITION BY player ORDER BY date) AS after FROM active) WHERE date BETWEEN {} AND {}), ",
      {active_days({range.from, range.to + question.days}, context), std::to_string(question.days),
       breakdown_names(count), Fragment::value(range.from), Fragment::value(range.to)});
  cells.ctes += fold_breakdown(count, "rows", "count(*)", context.frame().top);
  cells.coordinates.push_back({"date", "k0", ColumnType::date});
  context.add_breakdown(cells.coordinates);
  cells.values = {{"players", "count(DISTINCT player)", ""},
                  {"churned", "count(DISTINCT player) FILTER (WHERE gone)", "gone"}};
  return cells;
}

Result<TableAnswer> answer(const ChurnQuestion& question, const Context& context) {
  const KindText text{
      "churn", fmt::format("Churn, {} days", question.days),
      fmt::format("Share of the players active on the day who were not active on any of the {} days after "
                  "it. A day is complete when these have ended.",
                  question.days),
      "share", fmt::format("{} days after the day", question.days)};
  auto result =
      plain_answer(cells_of(question, context), text, context.frame().range.to + question.days,
                   {{"players", ColumnType::integer, false}, {"churned", ColumnType::integer, false}}, context);
  if (!result) return result;
  AnswerTable& table = result->tables.front();
  table.columns.push_back({"share", ColumnType::number, false});
  table.columns.push_back({"complete", ColumnType::flag, false});
  for (auto& row : table.rows) {
    const double share = share_of(store::as_int(row[row.size() - 1]), store::as_int(row[row.size() - 2]));
    const bool complete = context.calendar().ended(std::get<Date>(row.front()) + question.days);
    row.emplace_back(share);
    row.emplace_back(int64_t{complete});
  }
  return result;
}

}  // namespace gm::query
