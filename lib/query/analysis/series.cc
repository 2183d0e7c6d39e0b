#include "lib/query/analysis/series.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "lib/query/metric.h"

namespace gm::query {
namespace {

constexpr int kDaysPerWeek = 7;
constexpr int kMondayBase = 3;  // 1970-01-01 was a Thursday
constexpr int kLongestMonth = 31;

Date week_start(Date date) {
  const int since_monday = ((date.days + kMondayBase) % kDaysPerWeek + kDaysPerWeek) % kDaysPerWeek;
  return date - since_monday;
}

// Also of the month behind the last day that can be asked for: it is no date that could be written down and read.
Date month_start(Date date) {
  using std::chrono::sys_days, std::chrono::year_month_day;
  const year_month_day day{sys_days{std::chrono::days{date.days}}};
  return {static_cast<int32_t>(sys_days{day.year() / day.month() / 1}.time_since_epoch().count())};
}

Date next_start(Interval interval, Date start) {
  if (interval == Interval::week) return start + kDaysPerWeek;
  if (interval == Interval::month) return month_start(start + kLongestMonth);
  return start + 1;
}

Fragment aggregate_of(SeriesMeasure measure, const Dialect& dialect) {
  switch (measure) {
    case SeriesMeasure::events:
    case SeriesMeasure::purchases:
    case SeriesMeasure::sessions:
      return "count(*)";
    case SeriesMeasure::revenue:
    case SeriesMeasure::session_ms:
      return dialect.bounded_sum("v");
    case SeriesMeasure::sum:
      return "sum(v)";
    case SeriesMeasure::mean:
      return "avg(v)";
    case SeriesMeasure::median:
    case SeriesMeasure::session_median_ms:
      return "median(CAST(v AS DOUBLE))";
    case SeriesMeasure::p90:
      return "quantile_cont(v, 0.9)";
    case SeriesMeasure::min:
      return "min(v)";
    case SeriesMeasure::max:
      return "max(v)";
    default:
      return "count(DISTINCT player)";
  }
}

// What ranks the values of a breakdown: the first series, s = 0. A mean of few values would outrank what matters, so
// those go by their number.
Fragment weight_of(SeriesMeasure measure, const Dialect& dialect) {
  if (counts_players(measure)) return "count(DISTINCT CASE WHEN s = 0 THEN player END)";
  if (measure == SeriesMeasure::sum) return "coalesce(sum(CASE WHEN s = 0 THEN v END), 0)";
  if (measure == SeriesMeasure::revenue || measure == SeriesMeasure::session_ms) {
    return Fragment::of("coalesce({}, 0)", {dialect.bounded_sum("CASE WHEN s = 0 THEN v END")});
  }
  return "count(CASE WHEN s = 0 THEN 1 END)";
}

Fragment rolling_rows(EventRows rows, int days, const SqlScope& scope) {
  const DateRange range = rows.range;
  rows.range.from = range.from - (days - 1);
  rows.only_presence = true;
  const std::string names = breakdown_names(rows.breakdown.size(), "d.");
  return Fragment::of(
      "SELECT DISTINCT d.player AS player, d.date + w.i AS k0, 1 AS v{} FROM ({}) d CROSS JOIN (SELECT "
      "CAST(unnest(range({})) AS INTEGER) AS i) w WHERE d.date + w.i BETWEEN {} AND {}",
      {names, select_events("e.player AS player, e.date AS date", rows, scope), std::to_string(days),
       Fragment::value(range.from), Fragment::value(range.to)});
}

Fragment session_rows(const EventRows& rows, Interval interval, int64_t anchor_ms, const SqlScope& scope) {
  return Fragment::of("SELECT s.player AS player, {} AS k0, s.length_ms AS v{} FROM ({}) s",
                      {bucket_sql(interval, "s.date", "s.started_at", anchor_ms),
                       breakdown_names(rows.breakdown.size(), "s."), select_sessions(rows, scope)});
}

Fragment event_rows(const Series& series, EventRows rows, Interval interval, int64_t anchor_ms, const SqlScope& scope) {
  const Fragment bucket = bucket_sql(interval, "e.date", "e.ts", anchor_ms);
  // New and returning are a matter of days, also within one; a week or month that began before the range counts from
  // the range's first day, or who came before it would be new in it.
  const Fragment since = interval == Interval::hour
                             ? Fragment("e.date")
                             : Fragment::of("greatest({}, {})", {bucket, Fragment::value(rows.range.from)});
  Fragment value = "1";
  switch (series.measure) {
    case SeriesMeasure::new_players:
      rows.tests.push_back(Fragment::of("p.first_day >= {}", {since}));
      rows.join_players = true;
      break;
    case SeriesMeasure::returning_players:
      rows.tests.push_back(Fragment::of("p.first_day < {}", {since}));
      rows.join_players = true;
      break;
    case SeriesMeasure::payers:
    case SeriesMeasure::purchases:
      rows.tests.push_back(Fragment::of("{} > 0", {event_micros(scope)}));
      break;
    case SeriesMeasure::revenue:
      value = event_micros(scope);
      rows.tests.push_back(Fragment::of("{} IS NOT NULL", {value}));
      break;
    default:
      break;
  }
  if (series.field) {
    value = number_of(*series.field, scope);
    rows.tests.push_back(Fragment::of("{} IS NOT NULL", {value}));
  }
  rows.only_presence =
      interval != Interval::hour && counts_players(series.measure) && series.measure != SeriesMeasure::payers;
  return select_events(Fragment::of("e.player AS player, {} AS k0, {} AS v", {bucket, value}), rows, scope);
}

Fragment rows_of(const Series& series, Interval interval, DateRange range, const Context& context) {
  EventRows rows = context.rows();
  rows.range = range;
  rows.add(series.events);
  const SqlScope scope = context.sql().over(range);
  const int64_t anchor_ms = context.calendar().start_of(range.from);
  if (of_sessions(series.measure)) return session_rows(rows, interval, anchor_ms, scope);
  if (rolling_days(series.measure) > 1) return rolling_rows(rows, rolling_days(series.measure), scope);
  return event_rows(series, rows, interval, anchor_ms, scope);
}

}  // namespace

Cells series_cells(const std::vector<Series>& all, size_t index, Interval interval, DateRange range,
                   const Context& context) {
  const size_t breakdown = context.frame().breakdown.size();
  Cells cells;
  cells.ctes = Fragment::of("rows AS ({}), ", {rows_of(all[index], interval, range, context)});
  const bool ranks_itself = all.size() == 1 && range.from == context.frame().range.from;
  if (breakdown > 0 && ranks_itself) {
    cells.ctes += "ranking AS (SELECT *, 0 AS s FROM rows), ";
  } else if (breakdown > 0) {
    std::vector<Fragment> ranked;
    for (size_t i = 0; i < all.size(); ++i) {
      ranked.push_back(Fragment::of(
          "SELECT player, v{}, {} AS s FROM ({})",
          {breakdown_names(breakdown), std::to_string(i), rows_of(all[i], interval, context.frame().range, context)}));
    }
    cells.ctes += Fragment::of("ranking AS ({}), ", {Fragment::join(ranked, " UNION ALL ")});
  }
  cells.ctes +=
      fold_breakdown(breakdown, "ranking", weight_of(all.front().measure, context.dialect()), context.frame().top);
  cells.coordinates.push_back(interval == Interval::hour ? Coordinate{"time", "k0", ColumnType::moment}
                                                         : Coordinate{"date", "k0", ColumnType::date});
  context.add_breakdown(cells.coordinates);
  cells.values = {{"value", aggregate_of(all[index].measure, context.dialect()), ""}};
  cells.totals_over = 1;
  return cells;
}

std::optional<double> shown_value(SeriesMeasure measure, const store::Value& value) {
  if (store::is_null(value)) return std::nullopt;
  const double number = store::as_double(value);
  return measure == SeriesMeasure::revenue ? number / kMicros : number;
}

std::vector<store::Value> buckets_of(Interval interval, DateRange range, const Calendar& calendar) {
  std::vector<store::Value> buckets;
  if (interval == Interval::hour) {
    const int64_t end = calendar.start_of(range.to + 1);
    for (int64_t at = calendar.start_of(range.from); at < end; at += kMsPerHour) buckets.emplace_back(at);
    return buckets;
  }
  Date start = range.from;
  if (interval == Interval::week) start = week_start(start);
  if (interval == Interval::month) start = month_start(start);
  for (; start <= range.to; start = next_start(interval, start)) buckets.emplace_back(start);
  return buckets;
}

Date last_day_of(Interval interval, const store::Value& bucket, const Scope& scope) {
  if (const auto* moment = std::get_if<int64_t>(&bucket)) return scope.zone.local_date(*moment);
  return next_start(interval, std::get<Date>(bucket)) - 1;
}

}  // namespace gm::query
