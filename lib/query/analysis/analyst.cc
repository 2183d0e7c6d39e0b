#include "lib/query/analysis/analyst.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

#include "lib/query/analysis/behaviour.h"
#include "lib/query/analysis/context.h"
#include "lib/query/analysis/funnel.h"
#include "lib/query/analysis/index_answers.h"
#include "lib/query/analysis/money.h"
#include "lib/query/analysis/paths.h"
#include "lib/query/analysis/planner.h"
#include "lib/query/analysis/progression.h"
#include "lib/query/analysis/retention.h"
#include "lib/query/analysis/trend.h"

namespace gm::query {
namespace {

using store::as_moment_ms;
using store::as_text;
using store::Value;

// Questions whose cells depend on a part of the choice (which series) take it out of it.
template <typename Kind>
Result<Cells> cells_for(const Kind& question, CellChoice& choice, const Context& context) {
  if constexpr (std::is_same_v<Kind, TrendQuestion> || std::is_same_v<Kind, MetricsQuestion>) {
    return cells_of(question, choice, context);
  } else {
    return cells_of(question, context);
  }
}

// The index's list of players behind the cell. Kinds that the planner never gives to the index have none.
template <typename Kind>
Result<IndexAnswers::Players> players_in(const IndexAnswers& index, const Kind& question, const CellChoice& named,
                                         const CellChoice& choice) {
  if constexpr (std::is_same_v<Kind, TrendQuestion> || std::is_same_v<Kind, MetricsQuestion>) {
    const auto series = chosen_series(question, named);
    return series ? index.players(*series, choice) : Result<IndexAnswers::Players>(series.error());
  } else if constexpr (std::is_same_v<Kind, FunnelQuestion> || std::is_same_v<Kind, RetentionQuestion>) {
    return index.players(question, choice);
  } else {
    return Error{std::string(behavior::kInvalid), "a question of this kind is not of the behaviour index"};
  }
}

std::optional<Value> read_coordinate(const Json& json, ColumnType type) {
  if (json.is_null()) return Value{};
  switch (type) {
    case ColumnType::text:
      if (json.is_string()) return Value(json.get<std::string>());
      break;
    case ColumnType::date:
      if (const auto date = json.is_string() ? Date::parse(json.get_ref<const std::string&>()) : std::nullopt) {
        return Value(*date);
      }
      break;
    case ColumnType::moment:
      if (const auto moment = json.is_string() ? parse_iso8601_ms(json.get_ref<const std::string&>()) : std::nullopt) {
        return Value(*moment);
      }
      break;
    case ColumnType::flag:
      if (json.is_boolean()) return Value(int64_t{json.get<bool>()});
      break;
    default:
      if (json.is_number_integer()) return Value(json.get<int64_t>());
      break;
  }
  return std::nullopt;
}

// What names a series stays text; the other coordinates are read as what the answer's columns are.
CellChoice named_choice(const Json& cell) {
  CellChoice choice;
  for (const char* name : {"series", "metric"}) {
    if (cell.contains(name) && cell[name].is_string())
      choice.coordinates.emplace_back(name, cell[name].get<std::string>());
  }
  return choice;
}

bool read_choice(const Json& cell, const Cells& cells, CellChoice& choice, Problems& problems) {
  bool divided = false, says_other = false;
  for (const auto& [name, value] : cell.items()) {
    if (name == "series" || name == "metric") continue;
    const std::string pointer = child_pointer("/cell", name);
    if (name == "value") {
      if (value.is_string()) choice.value = value.get<std::string>();
      const bool known = std::any_of(cells.values.begin(), cells.values.end(),
                                     [&](const CellValue& each) { return each.name == choice.value; });
      if (!known) problems.push_back({pointer, "no such value of a cell"});
      continue;
    }
    const auto found = std::find_if(cells.coordinates.begin(), cells.coordinates.end(),
                                    [&](const Coordinate& each) { return each.name == name; });
    if (found == cells.coordinates.end()) {
      problems.push_back({pointer, "no such coordinate of a cell"});
      continue;
    }
    const auto coordinate = read_coordinate(value, found->type);
    if (!coordinate) {
      problems.push_back({pointer, "not a value of this coordinate"});
      continue;
    }
    says_other = says_other || name == "other";
    divided = divided || (found->column.size() >= 2 && found->column[0] == 'b');
    choice.coordinates.emplace_back(name, *coordinate);
  }
  // A value that is not set and "other" both have no name.
  if (divided && !says_other) choice.coordinates.emplace_back("other", int64_t{0});
  return problems.empty();
}

void collect_patterns(const Predicate& predicate, std::vector<std::string>& patterns) {
  visit_rules(predicate, [&](const Rule& rule) {
    if (rule.comparison != Comparison::matches) return;
    for (const Literal& literal : rule.values) patterns.push_back(std::get<std::string>(literal));
  });
}

void collect(const std::optional<Predicate>& predicate, std::vector<std::string>& patterns) {
  if (predicate) collect_patterns(*predicate, patterns);
}

std::vector<std::string> patterns_of(const Question& question) {
  std::vector<std::string> patterns;
  collect(question.frame.filter, patterns);
  if (const auto* trend = std::get_if<TrendQuestion>(&question.what)) {
    for (const Series& series : trend->series) collect(series.events.where, patterns);
  }
  if (const auto* retention = std::get_if<RetentionQuestion>(&question.what)) {
    if (retention->start) collect(retention->start->where, patterns);
    if (retention->comeback) collect(retention->comeback->where, patterns);
  }
  if (const auto* funnel = std::get_if<FunnelQuestion>(&question.what)) {
    for (const EventChoice& step : funnel->steps) collect(step.where, patterns);
    for (const EventChoice& exclusion : funnel->exclusions) collect(exclusion.where, patterns);
  }
  return patterns;
}

// `rows` may hold one player more than the page, which tells that there is a next one.
PlayersAnswer page_of(int64_t total, const store::Table& rows, const PlayerPage& page) {
  PlayersAnswer answer;
  answer.total = total;
  for (const auto& row : rows.rows) {
    if (answer.players.size() == static_cast<size_t>(page.limit)) {
      answer.next = answer.players.back().key;
      break;
    }
    answer.players.push_back(listed_player(row));
  }
  return answer;
}

}  // namespace

ListedPlayer listed_player(const std::vector<Value>& row) {
  return {store::as_int(row[0]), as_text(row[1]),      as_text(row[4]),      as_text(row[5]),
          as_text(row[6]),       as_moment_ms(row[2]), as_moment_ms(row[3]), store::as_int(row[7]),
          store::as_int(row[8]), store::as_int(row[9])};
}

Status Analyst::check_patterns(const Question& question) const {
  for (const std::string& pattern : patterns_of(question)) {
    const auto tried = store_.run(Fragment::of("SELECT regexp_matches('', {})", {Fragment::value(pattern)}).statement(),
                                  settings_.timeout_ms);
    if (tried) continue;
    if (tried.error().code != "gm-query-invalid") return tried.error();
    return Error{"gm-query-refused", fmt::format("'{}' is not a regular expression", pattern)};
  }
  return {};
}

// The answers of the index, or why SQL has to answer.
struct Analyst::Asked {
  std::optional<IndexAnswers> index;
  std::string_view reason;
};

Analyst::Asked Analyst::ask_index(const Question& question, const Scope& scope) const {
  if (const auto reason = needs_sql(question); !reason.empty()) return {std::nullopt, reason};
  if (!index_ || !settings_.use_index) return {std::nullopt, kIndexOff};
  auto snapshot = index_->snapshot(scope.project);
  // An error of the store's own the SQL will meet, and tell, too.
  if (!snapshot) return {std::nullopt, give_up(snapshot.error())};
  return {IndexAnswers(std::move(*snapshot), question.frame, scope.zone.local_date(scope.now_ms)), ""};
}

std::string_view Analyst::give_up(const Error& error) const {
  if (error.code == behavior::kCorrupt) index_->report_damage();
  return reason_of(error);
}

Result<TableAnswer> Analyst::answer(const Question& question, const Scope& scope) const {
  if (const Status checked = check_patterns(question); !checked) return checked.error();
  Asked asked = ask_index(question, scope);
  if (asked.index) {
    const Context context(store_, settings_, scope, question.frame, &*asked.index, "");
    auto answer = std::visit([&](const auto& what) { return query::answer(what, context); }, question.what);
    if (answer) return answer;
    asked.reason = give_up(answer.error());
    if (asked.reason.empty()) return answer;
  }
  const Context context(store_, settings_, scope, question.frame, nullptr, asked.reason);
  return std::visit([&](const auto& what) { return query::answer(what, context); }, question.what);
}

Result<PlayersAnswer> Analyst::players(const Question& question, const Json& cell, const PlayerPage& page,
                                       const Scope& scope, Problems& problems) const {
  if (const Status checked = check_patterns(question); !checked) return checked.error();
  const Context context(store_, settings_, scope, question.frame, nullptr, "");
  const CellChoice named = named_choice(cell);
  CellChoice choice = named;
  const auto cells = std::visit([&](const auto& what) { return cells_for(what, choice, context); }, question.what);
  if (!cells) {
    problems.push_back({"/cell", cells.error().message});
    return PlayersAnswer{};
  }
  if (!read_choice(cell, *cells, choice, problems)) return PlayersAnswer{};
  const auto where = cell_condition(*cells, choice);
  if (!where) {
    problems.push_back({"/cell", where.error().message});
    return PlayersAnswer{};
  }
  const Asked asked = ask_index(question, scope);
  if (asked.index && IndexAnswers::can_list(choice, question.frame)) {
    const auto keys =
        std::visit([&](const auto& what) { return players_in(*asked.index, what, named, choice); }, question.what);
    if (keys) return listed(*keys, page, context.sql());
    if (give_up(keys.error()).empty()) return keys.error();
  }
  const auto counted = context.run(count_players(*cells, *where));
  if (!counted) return counted.error();
  // One more than asked for tells whether there is a next page.
  const PlayerPage wider{page.limit + 1, page.after};
  const auto rows = context.run(list_players(*cells, *where, context.sql(), wider));
  if (!rows) return rows.error();
  return page_of(counted->rows.empty() ? 0 : store::as_int(counted->rows.front()[0]), *rows, page);
}

// The page of a whole list of players.
Result<PlayersAnswer> Analyst::listed(std::span<const store::PlayerKey> keys, const PlayerPage& page,
                                      const SqlScope& scope) const {
  const auto begin = page.after ? std::upper_bound(keys.begin(), keys.end(), static_cast<store::PlayerKey>(*page.after))
                                : keys.begin();
  const auto rest = keys.subspan(static_cast<size_t>(begin - keys.begin()));
  const auto wanted = rest.first(std::min(rest.size(), static_cast<size_t>(page.limit) + 1));
  if (wanted.empty()) return PlayersAnswer{static_cast<int64_t>(keys.size()), {}, std::nullopt};
  const auto rows = run(list_players(wanted, scope));
  if (!rows) return rows.error();
  return page_of(static_cast<int64_t>(keys.size()), *rows, page);
}

Result<MetricAnswer> Analyst::metric_by_day(const Metric& metric, const Scope& scope, DateRange range) const {
  Question question;
  question.frame.range = range;
  question.what = MetricsQuestion{{&metric}, std::nullopt, ComparedPeriod::none};
  const auto table = answer(question, scope);
  if (!table) return table.error();
  MetricAnswer result{table->explanation, std::nullopt, {}};
  // (metric, date, value, provisional)
  for (const auto& row : table->tables[0].rows) {
    const auto value = store::is_null(row[2]) ? std::nullopt : std::optional<double>(store::as_double(row[2]));
    result.points.push_back({std::get<Date>(row[1]), value, store::as_int(row[3]) != 0});
  }
  const auto& total = table->tables[1].rows.front().back();
  if (metric.total != TotalRule::none && !store::is_null(total)) result.total = store::as_double(total);
  return result;
}

}  // namespace gm::query
