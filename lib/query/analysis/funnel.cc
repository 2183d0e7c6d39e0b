#include "lib/query/analysis/funnel.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "lib/query/analysis/index_answers.h"
#include "lib/query/analysis/units.h"

namespace gm::query {
namespace {

using store::Value;
using Key = std::vector<Value>;

constexpr double kMsPerSecondAsDouble = 1000;

// Is the event `e` what `choice` asks for?
Fragment chosen(const EventChoice& choice, const SqlScope& scope) {
  std::vector<Fragment> tests;
  if (!choice.event.empty()) tests.push_back(Fragment::of("e.event = {}", {Fragment::value(choice.event)}));
  if (choice.where) tests.push_back(condition(*choice.where, scope, "e.player"));
  return Fragment::of("({})", {Fragment::join(tests, " AND ", "true")});
}

class FunnelSql {
 public:
  FunnelSql(const FunnelQuestion& question, const Context& context)
      : question_(question),
        context_(context),
        scope_(context.sql()),
        steps_(question.steps.size()),
        breakdown_(context.frame().breakdown.size()) {}

  // Up to `rows`: (player, k0 = step, since_start_ms, since_previous_ms, reached, b0...), one per unit and step
  // reached.
  Fragment ctes() const {
    Fragment sql = Fragment::of("steps AS ({}), marked AS ({}), ", {steps(), marked()});
    sql += question_.order == FunnelOrder::any ? any_order() : in_order();
    sql += Fragment::of(
        "best AS (SELECT * FROM attempts QUALIFY row_number() OVER (PARTITION BY u ORDER BY reached DESC, p1) = 1), "
        "rows "
        "AS (SELECT b.player AS player, n.step AS k0, b.times[n.step] - b.times[1] AS since_start_ms, CASE WHEN n.step "
        "> 1 "
        "THEN b.times[n.step] - b.times[n.step - 1] END AS since_previous_ms, b.reached AS reached{} FROM best b CROSS "
        "JOIN (SELECT unnest(range(1, {})) AS step) n WHERE n.step <= b.reached), ",
        {breakdown_names(breakdown_, "b."), std::to_string(steps_ + 1)});
    return sql;
  }

 private:
  // Every event that matters, with a column of each step it is: m1, m2, ...; x: excluded.
  Fragment steps() const {
    EventRows rows = context_.rows();
    rows.range.to = rows.range.to + static_cast<int>(question_.window_ms / kMsPerDay + 1);
    Fragment columns =
        "e.player AS player, e.ts AS ts, e.date AS date, e.session AS session, e.log_partition AS part, e.log_offset "
        "AS place";
    std::vector<Fragment> any;
    for (size_t i = 0; i < steps_; ++i) {
      const Fragment test = chosen(question_.steps[i], scope_);
      columns += Fragment::of(", {} AS {}", {test, fmt::format("m{}", i + 1)});
      any.push_back(test);
    }
    std::vector<Fragment> excluded;
    for (const EventChoice& exclusion : question_.exclusions) excluded.push_back(chosen(exclusion, scope_));
    columns += Fragment::of(", ({}) AS x", {Fragment::join(excluded, " OR ", "false")});
    any.insert(any.end(), excluded.begin(), excluded.end());
    // Strict order has to see what lies in between.
    if (question_.order != FunnelOrder::strict)
      rows.tests.push_back(Fragment::of("({})", {Fragment::join(any, " OR ")}));
    return with_units(columns, rows, question_.per_session, scope_);
  }

  // The clock may not tell which of two events came first; then the earlier step did.
  Fragment marked() const {
    std::string rank = "CASE";
    for (size_t i = 1; i <= steps_; ++i) rank += fmt::format(" WHEN m{0} THEN {0}", i);
    return fmt::format(
        "SELECT *, epoch_ms(ts) AS t, row_number() OVER (PARTITION BY u ORDER BY ts, {} ELSE {} END, part, place) AS "
        "pos FROM "
        "steps",
        rank, steps_ + 1);
  }

  // c1: every first step; c2...: with the earliest next step behind it. Taking the earliest loses nothing, because any
  // later one leaves less time.
  Fragment in_order() const {
    const std::string names = breakdown_names(breakdown_);
    Fragment sql = Fragment::of(
        "c1 AS (SELECT m.u, m.player, m.pos AS p1, m.t AS t1{}, x.pos AS xp FROM (SELECT * FROM marked WHERE m1 AND "
        "date <= "
        "{}) m ASOF LEFT JOIN (SELECT u, pos FROM marked WHERE x) x ON m.u = x.u AND m.pos < x.pos), ",
        {breakdown_names(breakdown_, "m."), Fragment::value(scope_.range.to)});
    for (size_t i = 2; i <= steps_; ++i) sql += next_step(i);
    std::string reached = "1", times = "t1";
    for (size_t i = 2; i <= steps_; ++i) {
      reached += fmt::format(" + CASE WHEN p{} IS NULL THEN 0 ELSE 1 END", i);
      times += fmt::format(", t{}", i);
    }
    sql += Fragment::of("attempts AS (SELECT u, player, p1, {} AS reached, [{}] AS times{} FROM {}), ",
                        {reached, times, names, fmt::format("c{}", steps_)});
    return sql;
  }

  Fragment next_step(size_t i) const {
    const bool strict = question_.order == FunnelOrder::strict;
    const std::string how = strict ? fmt::format(
                                         "LEFT JOIN (SELECT u, pos, t FROM marked WHERE m{0}) m ON c.u = m.u AND "
                                         "m.pos = c.p{1} + 1",
                                         i, i - 1)
                                   : fmt::format(
                                         "ASOF LEFT JOIN (SELECT u, pos, t FROM marked WHERE m{0}) m ON c.u = m.u "
                                         "AND c.p{1} < m.pos",
                                         i, i - 1);
    // An ASOF join finds a partner even for a NULL: whoever has not reached the step before must be left out by name.
    return Fragment::of(
        "{} AS (SELECT c.*, CASE WHEN c.ok THEN c.pos END AS {}, CASE WHEN c.ok THEN c.reached_at END AS {} FROM "
        "(SELECT c.*, m.pos AS pos, m.t AS reached_at, c.{} IS NOT NULL AND coalesce(m.t - c.t1 <= {} AND (c.xp IS "
        "NULL "
        "OR m.pos < c.xp), false) AS ok FROM {} c {}) c), ",
        {fmt::format("c{}", i), fmt::format("p{}", i), fmt::format("t{}", i), fmt::format("p{}", i - 1),
         Fragment::value(question_.window_ms),
         // the helper columns of the step before are named alike, so they are left behind
         i == 2 ? std::string("c1") : fmt::format("(SELECT * EXCLUDE (pos, reached_at, ok) FROM c{})", i - 1), how});
  }

  // From every event that is a step: when each of the steps happens first within the window.
  Fragment any_order() const {
    std::string firsts, list;
    for (size_t i = 1; i <= steps_; ++i) {
      firsts += fmt::format(", min(CASE WHEN m{0} THEN t END) OVER w AS f{0}", i);
      list += fmt::format("{}f{}", i == 1 ? "" : ", ", i);
    }
    const std::string names = breakdown_names(breakdown_);
    return Fragment::of(
        "firsts AS (SELECT u, player, pos, date{}{} FROM marked WINDOW w AS (PARTITION BY u ORDER BY t RANGE BETWEEN "
        "CURRENT "
        "ROW AND {} FOLLOWING)), attempts AS (SELECT u, player, pos AS p1, len(list_filter([{}], lambda y: y IS NOT "
        "NULL)) "
        "AS reached, list_sort([{}], 'ASC', 'NULLS LAST') AS times{} FROM firsts WHERE date <= {}), ",
        {names, firsts, std::to_string(question_.window_ms), list, list, names, Fragment::value(scope_.range.to)});
  }

  const FunnelQuestion& question_;
  const Context& context_;
  const SqlScope scope_;
  const size_t steps_, breakdown_;
};

std::string order_text(FunnelOrder order) {
  switch (order) {
    case FunnelOrder::strict:
      return "each step is the very next event after the one before it";
    case FunnelOrder::any:
      return "step k is reached by whoever has done k different steps, in any order";
    case FunnelOrder::ordered:
      break;
  }
  return "each step happens after the one before it, other events may lie in between";
}

KindText text_of(const FunnelQuestion& question) {
  const char* unit = question.per_session ? "session" : "player";
  std::string text = fmt::format(
      "How many {}s reach each step: {}, within {:g} hours from the first step, whose day lies in the range. Of "
      "several "
      "attempts of one {} the one that gets furthest counts, the earliest of these.",
      unit, order_text(question.order), static_cast<double>(question.window_ms) / static_cast<double>(kMsPerHour),
      unit);
  if (!question.exclusions.empty()) text += " An excluded event ends the attempt: steps behind it do not count.";
  return {"funnel", "Funnel", text, fmt::format("{}s", unit),
          fmt::format("{:g} hours from the first step",
                      static_cast<double>(question.window_ms) / static_cast<double>(kMsPerHour))};
}

std::optional<double> seconds_of(const Value& ms) {
  if (store::is_null(ms)) return std::nullopt;
  return store::as_double(ms) / kMsPerSecondAsDouble;
}

// Columns of the SQL's values, in this order.
enum ValueIndex : size_t { units, players, dropped, median, mean, median_previous, mean_previous, value_count };

struct Step {
  std::vector<Value> values = std::vector<Value>(value_count, int64_t{0});
};

AnswerTable empty_table(const Context& context) {
  AnswerTable table{"rows", {}, {}};
  std::vector<Coordinate> breakdown;
  context.add_breakdown(breakdown);
  table.columns = columns_of(breakdown);
  table.columns.push_back({"step", ColumnType::integer, true});
  table.columns.push_back({"event", ColumnType::text, false});
  for (const char* name : {"units", "players", "dropped"}) table.columns.push_back({name, ColumnType::integer, false});
  for (const char* name : {"share", "share_of_previous", "median_seconds", "mean_seconds",
                           "median_seconds_from_previous", "mean_seconds_from_previous"}) {
    table.columns.push_back({name, ColumnType::number, false});
  }
  return table;
}

void add_steps(const FunnelQuestion& question, const Key& key, const std::map<int64_t, Step>& steps,
               AnswerTable& table) {
  int64_t first = 0, previous = 0;
  for (size_t i = 0; i < question.steps.size(); ++i) {
    const auto found = steps.find(static_cast<int64_t>(i + 1));
    const Step step = found == steps.end() ? Step{} : found->second;
    const bool reached = found != steps.end();
    const int64_t count = store::as_int(step.values[units]);
    if (i == 0) first = count;
    std::vector<Value> row = key;
    row.emplace_back(static_cast<int64_t>(i + 1));
    row.emplace_back(question.steps[i].event.empty() ? Value{} : Value(question.steps[i].event));
    for (const ValueIndex value : {units, players}) row.push_back(step.values[value]);
    // Nobody drops out behind the last step.
    row.push_back(i + 1 == question.steps.size() ? Value{} : step.values[dropped]);
    row.emplace_back(share_of(count, first));
    row.push_back(i == 0 ? Value{} : Value(share_of(count, previous)));
    for (const ValueIndex value : {median, mean, median_previous, mean_previous}) {
      row.push_back(reached ? nullable(seconds_of(step.values[value])) : Value{});
    }
    table.rows.push_back(std::move(row));
    previous = count;
  }
}

}  // namespace

Cells cells_of(const FunnelQuestion& question, const Context& context) {
  Cells cells;
  cells.ctes = FunnelSql(question, context).ctes();
  cells.ctes +=
      fold_breakdown(context.frame().breakdown.size(), "rows", "count(*) FILTER (WHERE k0 = 1)", context.frame().top);
  context.add_breakdown(cells.coordinates);
  cells.coordinates.push_back({"step", "k0", ColumnType::integer});
  cells.values = {{"units", "count(*)", ""},
                  {"players", "count(DISTINCT player)", ""},
                  {"dropped", "count(*) FILTER (WHERE reached = k0)", "reached = k0"},
                  {"median_seconds", "median(CAST(since_start_ms AS DOUBLE))", ""},
                  {"mean_seconds", "avg(since_start_ms)", ""},
                  {"median_seconds_from_previous", "median(CAST(since_previous_ms AS DOUBLE))", ""},
                  {"mean_seconds_from_previous", "avg(since_previous_ms)", ""}};
  return cells;
}

Result<TableAnswer> answer(const FunnelQuestion& question, const Context& context) {
  const Cells cells = cells_of(question, context);
  const auto found = context.index() ? context.index()->cells(question) : context.run(cells.answer());
  if (!found) return found.error();
  const size_t keys = cells.coordinates.size() - 1;
  std::vector<Key> order;  // by the number of units that begin
  std::map<Key, std::map<int64_t, Step>> steps;
  if (keys == 0) steps[{}];
  for (const auto& row : found->rows) {
    const Key key(row.begin(), row.begin() + static_cast<long>(keys));
    Step& step = steps[key][store::as_int(row[keys])];
    step.values.assign(row.begin() + static_cast<long>(keys) + 2, row.end());
  }
  for (const auto& [key, each] : steps) order.push_back(key);
  const auto begins = [&](const Key& key) {
    const auto first = steps[key].find(1);
    return first == steps[key].end() ? 0 : store::as_int(first->second.values[units]);
  };
  std::stable_sort(order.begin(), order.end(), [&](const Key& a, const Key& b) {
    const bool other_a = !a.empty() && store::as_int(a.back()) != 0,
               other_b = !b.empty() && store::as_int(b.back()) != 0;
    return other_a != other_b ? other_b : begins(a) > begins(b);
  });
  const int reach = static_cast<int>(question.window_ms / kMsPerDay + 1);
  const auto explanation = context.explain(text_of(question), context.frame().range.to + reach);
  if (!explanation) return explanation.error();
  TableAnswer result{*explanation, {empty_table(context)}, {}};
  for (const Key& key : order) add_steps(question, key, steps[key], result.tables.front());
  return result;
}

}  // namespace gm::query
