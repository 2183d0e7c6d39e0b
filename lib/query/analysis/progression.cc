#include "lib/query/analysis/progression.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace gm::query {
namespace {

using store::Value;
using Key = std::vector<Value>;

// A level that loses at least this many times the share that the median level loses is a wall.
constexpr double kWallFactor = 2;

// 0001-01-01: before every event that can be stored.
constexpr Date kEverSince{-719'162};

// (player, ts, date, event, level, attempt, b0...): the events of levels, also those before the range: whether a start
// is a replay, and whether the level was completed, does not depend on the range that is asked for.
Fragment level_events(const ProgressionQuestion& question, const Context& context) {
  const SqlScope scope = context.sql();
  EventRows rows = context.rows();
  rows.range = {kEverSince, rows.range.to + question.drop_off_days};
  const Fragment level = text_of(Field{FieldKind::property, "level"}, scope);
  rows.tests.emplace_back("e.event IN ('level_start', 'level_fail', 'level_complete')");
  rows.tests.push_back(Fragment::of("{} IS NOT NULL", {level}));
  return select_events(
      Fragment::of("e.player AS player, e.ts AS ts, e.date AS date, e.event AS event, {} AS level, {} AS attempt",
                   {level, number_of(Field{FieldKind::property, "attempt"}, scope)}),
      rows, scope);
}

// Values of the statement, in this order.
enum ValueIndex : size_t { starts, fails, completes, players, completed, dropped, attempts, value_count };

double number_or(const Value& level, double fallback) {
  const auto* text = std::get_if<std::string>(&level);
  double number = fallback;
  if (text) std::from_chars(text->data(), text->data() + text->size(), number);
  return number;
}

AnswerTable empty_table(const Context& context) {
  AnswerTable table{"rows", {}, {}};
  std::vector<Coordinate> breakdown;
  context.add_breakdown(breakdown);
  table.columns = columns_of(breakdown);
  table.columns.push_back({"level", ColumnType::text, true});
  for (const char* name : {"starts", "fails", "completes", "players", "completed", "dropped"}) {
    table.columns.push_back({name, ColumnType::integer, false});
  }
  for (const char* name : {"completion", "fail_rate", "mean_attempts", "drop_off"}) {
    table.columns.push_back({name, ColumnType::number, false});
  }
  table.columns.push_back({"wall", ColumnType::flag, false});
  return table;
}

Value ratio(int64_t part, int64_t whole) { return whole == 0 ? Value() : Value(share_of(part, whole)); }

double median_of(std::vector<double> values) {
  if (values.empty()) return 0;
  const size_t middle = values.size() / 2;
  std::sort(values.begin(), values.end());
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// Marks the walls: `drop_off` and `players` are columns of the table, the mark is the last one.
void mark_walls(const ProgressionQuestion& question, size_t keys, AnswerTable& table) {
  const size_t at_players = keys + 1 + players, at_drop_off = table.columns.size() - 2;
  std::map<Key, std::vector<double>> shares;
  const auto key_of = [&](const auto& row) { return Key(row.begin(), row.begin() + static_cast<long>(keys)); };
  const auto counts = [&](const auto& row) {
    return store::as_int(row[at_players]) >= question.players_min && !store::is_null(row[at_drop_off]);
  };
  for (const auto& row : table.rows) {
    if (counts(row)) shares[key_of(row)].push_back(store::as_double(row[at_drop_off]));
  }
  for (auto& row : table.rows) {
    const double median = median_of(shares[key_of(row)]), share = store::as_double(row[at_drop_off]);
    row.back() = int64_t{counts(row) && share > 0 && share >= kWallFactor * median};
  }
}

KindText text_of(const ProgressionQuestion& question) {
  return {
      "progression", "Progression",
      fmt::format("Per level: events level_start, level_fail and level_complete in the range; completion = completes / "
                  "starts; fail rate = fails / (fails + completes); mean attempts of the completes that say their "
                  "attempt. Players: those who started the level in the range; completed: those of them who completed "
                  "it, before the range or until {0} days after it. Drop-off: of the players, the share who, until {0} "
                  "days after their first start of it in the range, had neither ever completed it nor since that start "
                  "begun a level that they had never begun before; to replay a level is no progress. A wall loses at "
                  "least {1:g} times the share of the median level (levels with {2} players or more).",
                  question.drop_off_days, kWallFactor, question.players_min),
      "players", fmt::format("{} days from the first start in the range", question.drop_off_days)};
}

}  // namespace

Cells cells_of(const ProgressionQuestion& question, const Context& context) {
  const size_t count = context.frame().breakdown.size();
  const std::string names = breakdown_names(count), of_first = breakdown_names(count, "f.");
  const Fragment in_range = between("date", context.frame().range);
  const std::string reach = std::to_string(question.drop_off_days * kMsPerDay);
  Cells cells;
  // starters: each player's first start of a level in the range. news: when he began a level for the first time ever;
  // the next one after a start is of another level, because none of the same can be the first.
  cells.ctes =
      Fragment::of(R"(
tries AS ({}),
starters AS (
  SELECT player, level, min(epoch_ms(ts)) AS t{} FROM tries WHERE event = 'level_start' AND {} GROUP BY player, level{}),
news AS (
  SELECT player, level, min(epoch_ms(ts)) AS t FROM tries WHERE event = 'level_start' GROUP BY player, level),
done AS (
  SELECT player, level, min(epoch_ms(ts)) AS t FROM tries WHERE event = 'level_complete' GROUP BY player, level),
rows AS (
  SELECT player, level, event AS what, attempt, false AS gone, false AS finished{} FROM tries WHERE {}
  UNION ALL
  SELECT f.player, f.level, 'player', NULL,
    NOT coalesce(d.t <= f.t + {}, false) AND NOT coalesce(n.t <= f.t + {}, false), d.t IS NOT NULL{}
  FROM starters f
  LEFT JOIN done d ON d.player = f.player AND d.level = f.level
  ASOF LEFT JOIN news n ON n.player = f.player AND n.t > f.t),
)",
                   {level_events(question, context), names, in_range, names, names, in_range, reach, reach, of_first});
  cells.ctes += fold_breakdown(count, "rows", "count(DISTINCT player)", context.frame().top);
  context.add_breakdown(cells.coordinates);
  cells.coordinates.push_back({"level", "level", ColumnType::text});
  const auto events = [](const char* event) {
    return Fragment(fmt::format("count(*) FILTER (WHERE what = '{}')", event));
  };
  const auto distinct = [](const char* where) {
    return Fragment(fmt::format("count(DISTINCT player) FILTER (WHERE {})", where));
  };
  cells.values = {{"starts", events("level_start"), "what = 'level_start'"},
                  {"fails", events("level_fail"), "what = 'level_fail'"},
                  {"completes", events("level_complete"), "what = 'level_complete'"},
                  {"players", distinct("what = 'player'"), "what = 'player'"},
                  {"completed", distinct("what = 'player' AND finished"), "what = 'player' AND finished"},
                  {"dropped", distinct("gone"), "gone"},
                  {"mean_attempts", "avg(attempt) FILTER (WHERE what = 'level_complete')", "what = 'level_complete'"}};
  return cells;
}

Result<TableAnswer> answer(const ProgressionQuestion& question, const Context& context) {
  const Cells cells = cells_of(question, context);
  auto found = context.run(cells.answer());
  if (!found) return found.error();
  const auto explanation = context.explain(text_of(question), context.frame().range.to + question.drop_off_days);
  if (!explanation) return explanation.error();
  const size_t keys = cells.coordinates.size() - 1;
  AnswerTable table = empty_table(context);
  for (const auto& row : found->rows) {
    const auto value = [&](ValueIndex index) { return store::as_int(row[keys + 2 + index]); };
    std::vector<Value> shown(row.begin(), row.begin() + static_cast<long>(keys) + 1);
    for (const ValueIndex index : {starts, fails, completes, players, completed, dropped})
      shown.emplace_back(value(index));
    shown.push_back(ratio(value(completes), value(starts)));
    shown.push_back(ratio(value(fails), value(fails) + value(completes)));
    shown.push_back(row[keys + 2 + attempts]);
    shown.push_back(ratio(value(dropped), value(players)));
    shown.emplace_back(int64_t{0});
    table.rows.push_back(std::move(shown));
  }
  // Levels that are numbers go by their number.
  std::sort(table.rows.begin(), table.rows.end(), [&](const auto& a, const auto& b) {
    const auto order = [&](const auto& row) {
      return std::pair(Key(row.begin(), row.begin() + static_cast<long>(keys)), number_or(row[keys], 1e18));
    };
    return order(a) != order(b) ? order(a) < order(b) : a[keys] < b[keys];
  });
  mark_walls(question, keys, table);
  return TableAnswer{*explanation, {std::move(table)}, {}};
}

}  // namespace gm::query
