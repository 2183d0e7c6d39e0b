#include "lib/query/analysis/retention.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "lib/query/analysis/index_answers.h"

namespace gm::query {
namespace {

using store::Value;
using Key = std::vector<Value>;

constexpr Date kFirstDay{-719'162};  // 0001-01-01

RetentionTarget target_of(RetentionKind kind, Bracket bracket) {
  const int n = bracket.last;
  switch (kind) {
    case RetentionKind::rolling:
      return {n, n, kForEver, 1, n};
    case RetentionKind::bracket:
      return {bracket.first, bracket.first, n, 1, n};
    case RetentionKind::return_within:
      return {n, std::min(1, n), n, 1, n};
    case RetentionKind::full:
      return {n, std::min(1, n), n, std::max(1, n), n};
    case RetentionKind::up_to:
      return {n, 0, n, 1, n};
    case RetentionKind::classic:
      break;
  }
  return {n, n, n, 1, n};
}

bool only_players(const Frame& frame) {
  return (!frame.filter || about_players(*frame.filter)) &&
         std::all_of(frame.breakdown.begin(), frame.breakdown.end(), [](const Field& f) { return f.of_player(); });
}

// (player, t0, cohort, b0...): one row a player.
Fragment starts_sql(const RetentionQuestion& question, const Context& context) {
  const SqlScope scope = context.sql();
  const size_t count = context.frame().breakdown.size();
  if (!question.start && only_players(context.frame())) {
    return select_players("p.player AS player, p.first_seen AS t0, p.first_day AS cohort", context.frame(),
                          {between("p.first_day", scope.range)}, scope);
  }
  EventRows rows = context.rows();
  rows.range = {kFirstDay, scope.range.to};
  if (question.start) rows.add(*question.start);
  std::string firsts;
  // Also when the value is not set; of one moment, what came first in the log.
  for (size_t i = 0; i < count; ++i) firsts += fmt::format(", arg_min_null(e.b{0}, e.place) AS b{0}", i);
  const char* columns =
      count == 0 ? "e.player AS player, e.ts AS ts, e.date AS date"
                 : "e.player AS player, e.ts AS ts, e.date AS date, (e.ts, e.log_partition, e.log_offset) AS place";
  return Fragment::of("SELECT player, min(ts) AS t0, min(date) AS cohort{} FROM ({}) e GROUP BY player HAVING {}",
                      {firsts, select_events(columns, rows, scope), between("min(date)", scope.range)});
}

int last_day_read(const std::vector<RetentionTarget>& targets) {
  int last = 0;
  for (const RetentionTarget& target : targets)
    last = std::max(last, target.last == kForEver ? target.first : target.last);
  return last;
}

// (player, k): the days after the start on which the player came back.
Fragment returns_sql(const RetentionQuestion& question, const std::vector<RetentionTarget>& targets,
                     const Context& context) {
  const SqlScope scope = context.sql();
  const bool days = question.window == RetentionWindow::calendar_day;
  EventRows rows = context.rows();
  rows.breakdown.clear();
  if (question.comeback) rows.add(*question.comeback);
  const bool open_end = question.kind == RetentionKind::rolling;
  // A window of 24 hours can reach into one more calendar day than its number says.
  rows.range.to = open_end ? context.calendar().today() + 1 : scope.range.to + (last_day_read(targets) + 2);
  // Without a condition on the event, being active that day is all that is asked; the start itself is day 0.
  rows.only_presence = days && !question.start && !question.comeback;
  if (rows.only_presence && only_players(context.frame())) {
    return Fragment::of(
        "SELECT DISTINCT s.player AS player, CAST(r.date - s.cohort AS INTEGER) AS k FROM starts s JOIN ({}) r ON "
        "r.player "
        "= s.player WHERE r.date >= s.cohort",
        {select_events("e.player AS player, e.date AS date", rows, scope)});
  }
  rows.only_presence = false;
  const char* k =
      days ? "CAST(r.date - s.cohort AS INTEGER)" : "CAST((epoch_ms(r.ts) - epoch_ms(s.t0)) // 86400000 AS INTEGER)";
  return Fragment::of(
      "SELECT DISTINCT s.player AS player, {} AS k FROM starts s JOIN ({}) r ON r.player = s.player WHERE r.ts >= s.t0",
      {k, select_events("e.player AS player, e.date AS date, e.ts AS ts", rows, scope)});
}

std::string targets_sql(const std::vector<RetentionTarget>& targets) {
  std::string rows;
  for (const RetentionTarget& target : targets) {
    rows +=
        fmt::format("{}({}, {}, {}, {})", rows.empty() ? "" : ", ", target.day, target.first, target.last, target.need);
  }
  return rows;
}

bool complete(const RetentionQuestion& question, const RetentionTarget& target, Date cohort, const Calendar& calendar) {
  if (question.window == RetentionWindow::calendar_day) return calendar.ended(cohort + target.final_day);
  // The last player of the cohort may have started at its end.
  return calendar.now_ms() >= calendar.start_of(cohort + 1) + (target.final_day + 1) * kMsPerDay;
}

std::string kind_name(RetentionKind kind) {
  switch (kind) {
    case RetentionKind::rolling:
      return "Rolling retention: the share active on day N after the start or on any later day; it grows for ever.";
    case RetentionKind::bracket:
      return "Bracket retention: the share active at least once on the days from `day` to `last_day` after the start.";
    case RetentionKind::return_within:
      return "Return retention: the share active at least once on days 1 to N after the start.";
    case RetentionKind::up_to:
      return "Share active at least once on days 0 to N after the start.";
    case RetentionKind::full:
      return "Full retention: the share active on every one of the days 1 to N after the start.";
    case RetentionKind::classic:
      break;
  }
  return "Classic retention: the share active on exactly day N after the start.";
}

KindText text_of(const RetentionQuestion& question) {
  const bool days = question.window == RetentionWindow::calendar_day;
  KindText text{"retention", "Retention", kind_name(question.kind), "share",
                days ? "calendar day" : "24 hours from the start"};
  text.definition += question.start ? " The start is a player's first event that matches `start`, in all of time; he "
                                      "belongs to the cohort of its day."
                                    : " The start is a player's first event; he belongs to the cohort of its day.";
  text.definition += days ? " Day k is the k-th calendar day after the cohort's, in the project's time zone."
                          : " Day k is the time from k to k+1 times 24 hours after the start.";
  text.definition += " A cohort enters the average only when the last day that counts has ended for all of it.";
  return text;
}

struct Cohorts {
  // (cohort, breakdown) -> day -> players; kWholeCohort: all of it.
  std::map<std::pair<Key, Date>, std::map<int64_t, int64_t>> players;
};

Result<Cohorts> read_cohorts(const RetentionQuestion& question, const Context& context) {
  const Cells cells = cells_of(question, context);
  const auto table = context.index() ? context.index()->cells(question) : context.run(cells.answer());
  if (!table) return table.error();
  Cohorts cohorts;
  const size_t keys = cells.coordinates.size() - 2;  // all but the cohort and the day
  for (const auto& row : table->rows) {
    const Key key(row.begin() + 1, row.begin() + 1 + static_cast<long>(keys));
    cohorts.players[{key, std::get<Date>(row[0])}][store::as_int(row[keys + 1])] = store::as_int(row.back());
  }
  return cohorts;
}

struct Average {
  int64_t players = 0, size = 0, cohorts = 0;
};

class RetentionTables {
 public:
  RetentionTables(const RetentionQuestion& question, const Context& context)
      : question_(question), context_(context), targets_(targets_of(question)) {
    std::vector<Coordinate> breakdown;
    context.add_breakdown(breakdown);
    rows_.name = "rows";
    averages_.name = "average";
    rows_.columns.push_back({"cohort_date", ColumnType::date, true});
    for (AnswerTable* table : {&rows_, &averages_}) {
      for (Column& column : columns_of(breakdown)) table->columns.push_back(std::move(column));
      table->columns.push_back({"day", ColumnType::integer, true});
      for (const char* name : {"last_day", "size", "players"})
        table->columns.push_back({name, ColumnType::integer, false});
      table->columns.push_back({"share", ColumnType::number, false});
    }
    rows_.columns.push_back({"complete", ColumnType::flag, false});
    averages_.columns.push_back({"cohorts", ColumnType::integer, false});
  }

  void add(const Cohorts& cohorts) {
    for (const auto& [where, days] : cohorts.players) {
      for (const RetentionTarget& target : targets_) add_cell(where.first, where.second, days, target);
    }
    for (const auto& [where, average] : sums_) add_average(where.first, *where.second, average);
  }
  std::vector<AnswerTable> take() { return {std::move(rows_), std::move(averages_)}; }

 private:
  static int64_t at(const std::map<int64_t, int64_t>& days, int64_t day) {
    const auto found = days.find(day);
    return found == days.end() ? 0 : found->second;
  }
  static Value last_of(const RetentionTarget& target) {
    return target.last == kForEver ? Value{} : Value(int64_t{target.last});
  }

  void add_cell(const Key& key, Date cohort, const std::map<int64_t, int64_t>& days, const RetentionTarget& target) {
    const Calendar& calendar = context_.calendar();
    if (cohort + target.first > calendar.today()) return;
    const int64_t size = at(days, kWholeCohort), players = at(days, target.day);
    const bool done = complete(question_, target, cohort, calendar);
    std::vector<Value> row = {cohort};
    row.insert(row.end(), key.begin(), key.end());
    row.insert(row.end(),
               {int64_t{target.day}, last_of(target), size, players, share_of(players, size), int64_t{done}});
    rows_.rows.push_back(std::move(row));
    Average& average = sums_[{key, &target}];
    if (!done) return;
    average.players += players;
    average.size += size;
    ++average.cohorts;
  }

  void add_average(const Key& key, const RetentionTarget& target, const Average& average) {
    std::vector<Value> row = key;
    const std::optional<double> share =
        average.size > 0 ? std::optional<double>(share_of(average.players, average.size)) : std::nullopt;
    row.insert(row.end(),
               {int64_t{target.day}, last_of(target), average.size, average.players, nullable(share), average.cohorts});
    averages_.rows.push_back(std::move(row));
  }

  const RetentionQuestion& question_;
  const Context& context_;
  const std::vector<RetentionTarget> targets_;
  AnswerTable rows_, averages_;
  std::map<std::pair<Key, const RetentionTarget*>, Average> sums_;  // targets lie in rising order in one vector
};

Result<TableAnswer> answer_as(const RetentionQuestion& question, const KindText& text, const Context& context) {
  const auto cohorts = read_cohorts(question, context);
  if (!cohorts) return cohorts.error();
  const auto explanation = context.explain(text, context.frame().range.to + last_day_read(targets_of(question)));
  if (!explanation) return explanation.error();
  RetentionTables tables(question, context);
  tables.add(*cohorts);
  return TableAnswer{*explanation, tables.take(), {}};
}

RetentionQuestion as_retention(const FirstPurchaseQuestion& question) {
  RetentionQuestion retention;
  retention.kind = RetentionKind::up_to;
  Rule paid;
  paid.field.kind = FieldKind::revenue;
  paid.comparison = Comparison::greater;
  paid.values = {0.0};
  retention.comeback = EventChoice{"", Predicate{paid}};
  for (const int day : question.days) retention.brackets.push_back({day, day});
  return retention;
}

}  // namespace

std::vector<RetentionTarget> targets_of(const RetentionQuestion& question) {
  std::vector<RetentionTarget> targets;
  for (const Bracket& bracket : question.brackets) targets.push_back(target_of(question.kind, bracket));
  return targets;
}

Cells cells_of(const RetentionQuestion& question, const Context& context) {
  const std::vector<RetentionTarget> targets = targets_of(question);
  const size_t count = context.frame().breakdown.size();
  const std::string names = breakdown_names(count, "s.");
  Cells cells;
  cells.ctes = Fragment::of(
      "starts AS ({}), returns AS ({}), targets AS (SELECT * FROM (VALUES {}) t(day, lo, hi, need)), reached AS "
      "(SELECT "
      "r.player AS player, t.day AS day FROM returns r JOIN targets t ON r.k BETWEEN t.lo AND t.hi GROUP BY r.player, "
      "t.day, t.need HAVING count(*) >= t.need), rows AS (SELECT s.player AS player, s.cohort AS k0, -1 AS day{} FROM "
      "starts s UNION ALL SELECT s.player, s.cohort, x.day{} FROM starts s JOIN reached x ON x.player = s.player), ",
      {starts_sql(question, context), returns_sql(question, targets, context), targets_sql(targets), names, names});
  cells.ctes += fold_breakdown(count, "rows", "count(DISTINCT player)", context.frame().top);
  cells.coordinates.push_back({"cohort_date", "k0", ColumnType::date});
  context.add_breakdown(cells.coordinates);
  cells.coordinates.push_back({"day", "day", ColumnType::integer});
  cells.values = {{"players", "count(DISTINCT player)", ""}};
  return cells;
}

Result<TableAnswer> answer(const RetentionQuestion& question, const Context& context) {
  return answer_as(question, text_of(question), context);
}

Cells cells_of(const FirstPurchaseQuestion& question, const Context& context) {
  return cells_of(as_retention(question), context);
}

Result<TableAnswer> answer(const FirstPurchaseQuestion& question, const Context& context) {
  const KindText text{
      "first_purchase", "First-purchase conversion",
      "Of the players whose first event lies on the cohort's day, the share with an event with revenue "
      "above 0 in the reporting currency on that day or one of the N days after it. A cohort enters the "
      "average only when day N has ended.",
      "share", "calendar day"};
  return answer_as(as_retention(question), text, context);
}

}  // namespace gm::query
