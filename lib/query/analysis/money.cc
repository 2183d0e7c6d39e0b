#include "lib/query/analysis/money.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "lib/query/analysis/power_law.h"
#include "lib/query/metric.h"

namespace gm::query {
namespace {

using store::Value;
using Key = std::vector<Value>;

constexpr int kFitDaysMax = 90;

// (player, cohort, b0...): players new in the range, to whom the filter (on players) applies.
Fragment new_players(const Context& context) {
  const SqlScope scope = context.sql();
  return select_players("p.player AS player, p.first_day AS cohort", context.frame(),
                        {between("p.first_day", scope.range)}, scope);
}

// (player, date, micros): what each player paid on each day.
Fragment money_by_day(DateRange range, const Context& context) {
  return Fragment::of(
      "SELECT player, date, sum(revenue_micros) AS micros FROM player_days WHERE project = {} AND date BETWEEN {} AND "
      "{} "
      "GROUP BY player, date",
      {context.sql().project_value(), Fragment::value(range.from), Fragment::value(range.to)});
}

double money_of(const Value& micros) { return store::as_double(micros) / kMicros; }

struct Curve {
  int64_t players = 0, payers = 0;
  double revenue = 0;
};

// What a fitted curve is made from: over complete cohorts, by day since the first.
struct Activity {
  std::vector<RetentionPoint> retention;
  double revenue = 0;
  int64_t active_days = 0;
};

Result<Activity> read_activity(const Context& context) {
  const DateRange range = context.frame().range;
  const Fragment days =
      Fragment::of("{} HAVING sum(active) > 0", {money_by_day({range.from, context.calendar().today()}, context)});
  const auto table = context.run(
      Fragment::of(
          "WITH starts AS ({}) SELECT s.cohort, CAST(a.date - s.cohort AS INTEGER) AS k, count(*), {} FROM starts s "
          "JOIN ({}) a ON a.player = s.player WHERE a.date - s.cohort BETWEEN 0 AND {} GROUP BY s.cohort, k",
          {new_players(context), context.dialect().bounded_sum("a.micros"), days, std::to_string(kFitDaysMax)})
          .statement());
  if (!table) return table.error();
  std::map<Date, std::map<int, int64_t>> cohorts;
  Activity activity;
  for (const auto& row : table->rows) {
    cohorts[std::get<Date>(row[0])][static_cast<int>(store::as_int(row[1]))] = store::as_int(row[2]);
    activity.active_days += store::as_int(row[2]);
    activity.revenue += money_of(row[3]);
  }
  for (int day = 1; day <= kFitDaysMax; ++day) {
    int64_t active = 0, size = 0;
    for (const auto& [cohort, by_day] : cohorts) {
      if (!context.calendar().ended(cohort + day)) continue;
      const auto all = by_day.find(0), there = by_day.find(day);
      size += all == by_day.end() ? 0 : all->second;
      active += there == by_day.end() ? 0 : there->second;
    }
    if (size > 0) activity.retention.push_back({day, share_of(active, size), static_cast<double>(size)});
  }
  return activity;
}

void add_projection(const Activity& activity, int horizon, TableAnswer& answer) {
  const auto law = fit_power_law(activity.retention);
  const std::optional<double> arpdau =
      activity.active_days > 0 ? std::optional<double>(activity.revenue / static_cast<double>(activity.active_days))
                               : std::nullopt;
  const auto projected = [&](double factor) -> Value {
    if (!law || !arpdau) return {};
    return *arpdau * (1 + (law->active_days(horizon) - 1) * factor);
  };
  const auto of_law = [&](double value) { return law ? Value(value) : Value(); };
  answer.facts = {{"fit_a", of_law(law ? law->a : 0)},
                  {"fit_b", of_law(law ? law->b : 0)},
                  {"fit_points", law ? Value(int64_t{law->points}) : Value()},
                  {"fit_share_error", of_law(law ? law->share_error : 0)},
                  {"fit_log_error", of_law(law ? law->log_error : 0)},
                  {"arpdau", nullable(arpdau)},
                  {"horizon_days", int64_t{horizon}},
                  {"projected_ltv", projected(1)},
                  {"projected_ltv_low", projected(law ? std::exp(-law->log_error) : 1)},
                  {"projected_ltv_high", projected(law ? std::exp(law->log_error) : 1)}};
}

KindText ltv_text(const LtvQuestion& question, DateRange range) {
  return {
      "ltv",
      "Lifetime value",
      fmt::format("Revenue of a cohort on its day and the N days after it, divided by all of the cohort's players: "
                  "players whose first event lies on its day. A cohort enters the average only when day N has ended. "
                  "The projection to day {} is the mean revenue per active day times the expected number of active "
                  "days, from retention fitted by a * day^b (least squares over logarithms, weighted by players, days "
                  "1 to {}); low and high move the fit by one standard deviation of its residuals.",
                  question.horizon_days, kFitDaysMax),
      std::string(kCurrencyUnit),
      "calendar day",
      range};
}

AnswerTable table_of(const char* name, bool by_cohort, const Context& context) {
  AnswerTable table{name, {}, {}};
  if (by_cohort) table.columns.push_back({"cohort_date", ColumnType::date, true});
  std::vector<Coordinate> breakdown;
  context.add_breakdown(breakdown);
  for (Column& column : columns_of(breakdown)) table.columns.push_back(std::move(column));
  table.columns.push_back({"day", ColumnType::integer, true});
  table.columns.push_back({"players", ColumnType::integer, false});
  table.columns.push_back({"payers", ColumnType::integer, false});
  table.columns.push_back({"revenue", ColumnType::number, false});
  table.columns.push_back({"ltv", ColumnType::number, false});
  if (by_cohort) table.columns.push_back({"complete", ColumnType::flag, false});
  return table;
}

}  // namespace

Cells cells_of(const LtvQuestion& question, const Context& context) {
  const DateRange range = context.frame().range;
  const int last = question.days.back();
  std::string days;
  for (const int day : question.days) days += fmt::format("{}({})", days.empty() ? "" : ", ", day);
  const size_t count = context.frame().breakdown.size();
  const std::string names = breakdown_names(count, "s.");
  Cells cells;
  cells.ctes = Fragment::of(
      "starts AS ({}), paid AS ({}), rows AS (SELECT s.player AS player, s.cohort AS k0, d.day AS day, "
      "coalesce(sum(m.micros) FILTER (WHERE m.date - s.cohort <= d.day), 0) AS v{} FROM starts s CROSS JOIN (SELECT * "
      "FROM "
      "(VALUES {}) t(day)) d LEFT JOIN paid m ON m.player = s.player AND m.date >= s.cohort GROUP BY s.player, "
      "s.cohort, "
      "d.day{}), ",
      {new_players(context), money_by_day({range.from, range.to + last}, context), names, days, names});
  cells.ctes += fold_breakdown(count, "rows", "count(*)", context.frame().top);
  cells.coordinates.push_back({"cohort_date", "k0", ColumnType::date});
  context.add_breakdown(cells.coordinates);
  cells.coordinates.push_back({"day", "day", ColumnType::integer});
  cells.values = {{"players", "count(DISTINCT player)", ""},
                  {"payers", "count(DISTINCT player) FILTER (WHERE v > 0)", "v > 0"},
                  {"revenue", context.dialect().bounded_sum("v"), "v <> 0"}};
  return cells;
}

Result<TableAnswer> answer(const LtvQuestion& question, const Context& context) {
  const Cells cells = cells_of(question, context);
  auto found = context.run(cells.answer());
  if (!found) return found.error();
  const auto activity = read_activity(context);
  if (!activity) return activity.error();
  const DateRange range{context.frame().range.from, context.frame().range.to + question.days.back()};
  const auto explanation = context.explain(ltv_text(question, range), range.to);
  if (!explanation) return explanation.error();
  std::sort(found->rows.begin(), found->rows.end());
  AnswerTable rows = table_of("rows", true, context), average = table_of("average", false, context);
  std::map<Key, Curve> curves;  // by breakdown and day
  const size_t keys = cells.coordinates.size();
  for (auto& row : found->rows) {
    const Date cohort = std::get<Date>(row[0]);
    const auto day = static_cast<int>(store::as_int(row[keys - 1]));
    if (cohort + day > context.calendar().today()) continue;
    const bool complete = context.calendar().ended(cohort + day);
    const int64_t players = store::as_int(row[keys + 1]), payers = store::as_int(row[keys + 2]);
    const double revenue = money_of(row[keys + 3]);
    Key key(row.begin() + 1, row.begin() + static_cast<long>(keys));
    Curve& curve = curves[key];
    if (complete) {
      curve.players += players;
      curve.payers += payers;
      curve.revenue += revenue;
    }
    std::vector<Value> shown(row.begin(), row.begin() + static_cast<long>(keys));
    shown.insert(shown.end(), {players, payers, revenue, revenue / static_cast<double>(players), int64_t{complete}});
    rows.rows.push_back(std::move(shown));
  }
  for (const auto& [key, curve] : curves) {
    std::vector<Value> shown = key;
    shown.insert(shown.end(), {curve.players, curve.payers, curve.revenue});
    shown.push_back(curve.players > 0 ? Value(curve.revenue / static_cast<double>(curve.players)) : Value());
    average.rows.push_back(std::move(shown));
  }
  TableAnswer result{*explanation, {std::move(rows), std::move(average)}, {}};
  add_projection(*activity, question.horizon_days, result);
  return result;
}

DateRange window_of(const SpendersQuestion& question, const Context& context) {
  return {context.frame().range.to - (question.days - 1), context.frame().range.to};
}

Cells cells_of(const SpendersQuestion& question, const Context& context) {
  const SqlScope scope = context.sql();
  const DateRange window = window_of(question, context);
  EventRows active;
  active.range = window;
  active.add(context.frame().filter);
  active.breakdown = context.frame().breakdown;
  active.only_presence = true;
  const size_t count = context.frame().breakdown.size();
  const std::string names = breakdown_names(count, "a.");
  const auto limit = [&](const std::optional<double>& amount, double share) {
    if (amount) return Fragment::of("v >= {}", {Fragment::value(std::llround(*amount * kMicros))});
    return Fragment::of("place <= ceil({} * payers)", {Fragment::value(share)});
  };
  Cells cells;
  cells.ctes = Fragment::of(
      "players_there AS (SELECT DISTINCT player{} FROM ({})), paid AS (SELECT player, sum(micros) AS v FROM ({}) GROUP "
      "BY "
      "player HAVING sum(micros) > 0), sums AS (SELECT a.player AS player, coalesce(m.v, 0) AS v{} FROM players_there "
      "a LEFT "
      "JOIN paid m ON m.player = a.player), placed AS (SELECT *, row_number() OVER (ORDER BY v DESC, player) AS place, "
      "count(*) FILTER (WHERE v > 0) OVER () AS payers FROM sums), rows AS (SELECT player, v, CASE WHEN v = 0 THEN "
      "'non_payer' WHEN {} THEN 'whale' WHEN {} THEN 'dolphin' ELSE 'minnow' END AS k0{} FROM placed), ",
      {breakdown_names(count), select_events("e.player AS player, e.date AS date", active, scope),
       money_by_day(window, context), names, limit(question.whale_amount, question.whale),
       limit(question.dolphin_amount, question.dolphin), breakdown_names(count)});
  cells.ctes += fold_breakdown(count, "rows", "count(DISTINCT player)", context.frame().top);
  context.add_breakdown(cells.coordinates);
  cells.coordinates.push_back({"segment", "k0", ColumnType::text});
  cells.values = {{"players", "count(DISTINCT player)", ""}, {"revenue", context.dialect().bounded_sum("v"), ""}};
  return cells;
}

Result<TableAnswer> answer(const SpendersQuestion& question, const Context& context) {
  const Cells cells = cells_of(question, context);
  auto found = context.run(cells.answer());
  if (!found) return found.error();
  std::string rule = question.whale_amount || question.dolphin_amount
                         ? std::string("Whales and dolphins are told apart by the amounts asked for.")
                         : fmt::format(
                               "Of the payers, ordered by what they paid, the top {:g} % are whales, those down to "
                               "{:g} % dolphins, the others minnows.",
                               question.whale * 100, question.dolphin * 100);
  const auto explanation = context.explain(
      {"spenders", "Spender segments",
       fmt::format(
           "Players active in the {} days that end with the range's last day, by what they paid in these days in "
           "the reporting currency. {}",
           question.days, rule),
       "players", fmt::format("{} days", question.days), window_of(question, context)});
  if (!explanation) return explanation.error();
  const size_t keys = cells.coordinates.size();
  double all = 0;
  for (const auto& row : found->rows) all += money_of(row[keys + 2]);
  AnswerTable table{"rows", columns_of(cells.coordinates), {}};
  table.columns.push_back({"players", ColumnType::integer, false});
  table.columns.push_back({"revenue", ColumnType::number, false});
  table.columns.push_back({"revenue_share", ColumnType::number, false});
  for (const auto& row : found->rows) {
    std::vector<Value> shown(row.begin(), row.begin() + static_cast<long>(keys));
    const double revenue = money_of(row[keys + 2]);
    shown.insert(shown.end(), {row[keys + 1], revenue, all == 0 ? Value() : Value(revenue / all)});
    table.rows.push_back(std::move(shown));
  }
  std::sort(table.rows.begin(), table.rows.end());
  return TableAnswer{*explanation, {std::move(table)}, {}};
}

}  // namespace gm::query
