#include "lib/query/analysis/index_answers.h"

#include <algorithm>
#include <limits>

#include "lib/query/analysis/index_query.h"

namespace gm::query {
namespace {

using store::Value;
using Row = std::vector<Value>;

constexpr size_t kEverybody = std::numeric_limits<size_t>::max();

// The planner has seen that there is one.
behavior::EventSelector selector(const EventChoice& choice, const Frame& frame) {
  return selector_of(choice, frame.filter).value_or(behavior::EventSelector{});
}

behavior::DateRange range_of(DateRange range) { return {range.from, range.to}; }

// Coordinates of a group: its value, which is NULL for the others and for what is not set, and whether it is the
// others.
template <typename Group>
void add_group(Row& row, const Group& group, bool divided) {
  if (!divided) return;
  row.push_back(group.other || group.value.empty() ? Value{} : Value(group.value));
  row.emplace_back(int64_t{group.other});
}

int64_t as_count(uint64_t count) { return static_cast<int64_t>(count); }

// Calls each(group) with the parts of an answer that have coordinates of their own.
template <typename Answer, typename Each>
void for_each_group(const Answer& answer, bool divided, const Each& each) {
  if (!divided) return each(answer.total);
  for (const auto& group : answer.groups) each(group);
}

behavior::FunnelQuery query_of(const FunnelQuestion& question, const Frame& frame) {
  behavior::FunnelQuery query;
  for (const EventChoice& step : question.steps) query.steps.push_back(selector(step, frame));
  for (const EventChoice& exclusion : question.exclusions) query.exclusions.push_back(selector(exclusion, frame));
  switch (question.order) {
    case FunnelOrder::ordered:
      query.order = behavior::StepOrder::ordered;
      break;
    case FunnelOrder::strict:
      query.order = behavior::StepOrder::strict;
      break;
    case FunnelOrder::any:
      query.order = behavior::StepOrder::any;
      break;
  }
  query.among = selector({}, frame).tests;
  query.window_ms = question.window_ms;
  query.range = range_of(frame.range);
  return query;
}

behavior::RetentionQuery query_of(const RetentionQuestion& question, const Frame& frame, Date today) {
  behavior::RetentionQuery query;
  query.start = selector(question.start.value_or(EventChoice{}), frame);
  query.comeback = selector(question.comeback.value_or(EventChoice{}), frame);
  query.kind = question.kind == RetentionKind::rolling ? behavior::RetentionKind::rolling
               : question.kind == RetentionKind::full  ? behavior::RetentionKind::full
                                                       : behavior::RetentionKind::ranged;
  query.days = question.window == RetentionWindow::calendar_day ? behavior::RetentionDays::calendar
                                                                : behavior::RetentionDays::hours_24;
  for (const RetentionTarget& target : targets_of(question))
    query.spans.push_back({target.first, question.kind == RetentionKind::rolling ? target.first : target.last});
  query.range = range_of(frame.range);
  if (question.kind == RetentionKind::rolling) query.comeback_until = today + 1;
  return query;
}

behavior::CountsQuery query_of(const Series& series, DateRange range, const Frame& frame) {
  behavior::CountsQuery query;
  query.events = selector(series.events, frame);
  query.range = range_of(range);
  return query;
}

bool counts_players_of(const Series& series) { return series.measure == SeriesMeasure::players; }

uint64_t total_of(const behavior::CountsGroup& group, const Series& series) {
  if (counts_players_of(series)) return group.players;
  uint64_t events = 0;
  for (const behavior::DayCount& day : group.days) events += day.events;
  return events;
}

// What a choice says about the coordinate; none: it leaves it open.
std::optional<Value> chosen(const CellChoice& choice, std::string_view name) {
  for (const auto& [coordinate, value] : choice.coordinates) {
    if (coordinate == name) return value;
  }
  return std::nullopt;
}

// Sets the group in `cell`; false: no fact has such coordinates.
template <typename Cell>
bool choose_group(const CellChoice& choice, const Frame& frame, Cell& cell) {
  if (frame.breakdown.empty()) return true;
  const auto value = chosen(choice, frame.breakdown.front().name());
  const auto other = chosen(choice, "other");
  cell.other = other && store::as_int(*other) != 0;
  if (!value) return true;
  const auto* text = std::get_if<std::string>(&*value);
  if (cell.other) return !text;
  cell.value = text ? *text : std::string();
  return !text || !text->empty();
}

Row retention_row(Date cohort, const behavior::RetentionGroup& group, bool divided, int64_t day, uint64_t players) {
  Row row = {cohort};
  add_group(row, group, divided);
  row.insert(row.end(), {day, int64_t{0}, as_count(players)});
  return row;
}

Row funnel_row(const behavior::FunnelGroup& group, bool divided, size_t step) {
  Row row;
  add_group(row, group, divided);
  const size_t steps = group.units.size();
  const auto units = as_count(group.units[step]);
  const auto next = step + 1 < steps ? as_count(group.units[step + 1]) : 0;
  row.insert(row.end(), {static_cast<int64_t>(step + 1), int64_t{0}, units, units, units - next});
  if (step == 0) {
    row.insert(row.end(), {0.0, 0.0, Value{}, Value{}});
  } else {
    for (const behavior::Duration& duration : {group.since_first[step], group.since_before[step]})
      row.insert(row.end(), {duration.median_ms, duration.mean_ms});
  }
  return row;
}

}  // namespace

std::optional<behavior::Division> IndexAnswers::divide() const {
  if (frame_.breakdown.empty()) return std::nullopt;
  return behavior::Division(*dimension_of(frame_.breakdown.front()));
}

std::optional<behavior::Division> IndexAnswers::shown(Weights weights) const {
  // As fold_breakdown does: the heaviest first, then by name, what is not set last.
  std::sort(weights.begin(), weights.end(), [](const auto& a, const auto& b) {
    if (a.second != b.second) return a.second > b.second;
    return a.first.empty() != b.first.empty() ? b.first.empty() : a.first < b.first;
  });
  weights.resize(std::min(weights.size(), static_cast<size_t>(frame_.top)));
  std::vector<std::string> values;
  for (auto& [value, weight] : weights) values.push_back(std::move(value));
  auto division = divide();
  if (division) division->shown = std::move(values);
  return division;
}

bool IndexAnswers::can_list(const CellChoice& choice, const Frame& frame) {
  if (frame.breakdown.empty() || chosen(choice, frame.breakdown.front().name())) return true;
  const auto other = chosen(choice, "other");
  return !other || store::as_int(*other) != 0;
}

// --- funnels ---

Result<behavior::FunnelQuery> IndexAnswers::divided(const FunnelQuestion& question) const {
  behavior::FunnelQuery query = query_of(question, frame_);
  query.breakdown = divide();
  if (!query.breakdown) return query;
  const auto all = behavior::funnel(snapshot_, query);
  if (!all) return all.error();
  Weights weights;
  for (const behavior::FunnelGroup& group : all->groups) weights.emplace_back(group.value, group.units.front());
  query.breakdown = shown(std::move(weights));
  return query;
}

Result<store::Table> IndexAnswers::cells(const FunnelQuestion& question) const {
  behavior::FunnelQuery query = query_of(question, frame_);
  query.breakdown = divide();
  auto answer = behavior::funnel(snapshot_, query);
  if (answer && answer->groups.size() > static_cast<size_t>(frame_.top)) {
    const auto folded = divided(question);
    if (!folded) return folded.error();
    answer = behavior::funnel(snapshot_, *folded);
  }
  if (!answer) return answer.error();
  store::Table table;
  for_each_group(*answer, query.breakdown.has_value(), [&](const behavior::FunnelGroup& group) {
    for (size_t step = 0; step < group.units.size() && group.units[step] > 0; ++step)
      table.rows.push_back(funnel_row(group, query.breakdown.has_value(), step));
  });
  return table;
}

Result<IndexAnswers::Players> IndexAnswers::players(const FunnelQuestion& question, const CellChoice& choice) const {
  behavior::FunnelCell cell;
  cell.dropped = choice.value == "dropped";
  if (const auto step = chosen(choice, "step")) {
    const int64_t number = store::as_int(*step);
    if (store::is_null(*step) || number < 1 || number > static_cast<int64_t>(question.steps.size())) return Players{};
    cell.step = static_cast<size_t>(number);
  } else {
    // Whoever took a step dropped out behind one, be it the last.
    cell.dropped = false;
  }
  if (!choose_group(choice, frame_, cell)) return Players{};
  const auto query = divided(question);
  if (!query) return query.error();
  auto listed = behavior::funnel_players(snapshot_, *query, cell, kEverybody);
  if (!listed) return listed.error();
  return std::move(listed->players);
}

// --- retention ---

Result<behavior::RetentionQuery> IndexAnswers::divided(const RetentionQuestion& question) const {
  behavior::RetentionQuery query = query_of(question, frame_, today_);
  query.breakdown = divide();
  if (!query.breakdown) return query;
  const auto all = behavior::retention(snapshot_, query);
  if (!all) return all.error();
  Weights weights;
  for (const behavior::RetentionGroup& group : all->groups) {
    weights.emplace_back(group.value, 0);
    for (const behavior::RetentionCohort& cohort : group.cohorts) weights.back().second += cohort.size;
  }
  query.breakdown = shown(std::move(weights));
  return query;
}

Result<store::Table> IndexAnswers::cells(const RetentionQuestion& question) const {
  behavior::RetentionQuery query = query_of(question, frame_, today_);
  query.breakdown = divide();
  auto answer = behavior::retention(snapshot_, query);
  if (answer && answer->groups.size() > static_cast<size_t>(frame_.top)) {
    const auto folded = divided(question);
    if (!folded) return folded.error();
    answer = behavior::retention(snapshot_, *folded);
  }
  if (!answer) return answer.error();
  const auto targets = targets_of(question);
  const bool is_divided = query.breakdown.has_value();
  store::Table table;
  for_each_group(*answer, is_divided, [&](const behavior::RetentionGroup& group) {
    for (const behavior::RetentionCohort& cohort : group.cohorts) {
      table.rows.push_back(retention_row(cohort.date, group, is_divided, kWholeCohort, cohort.size));
      for (size_t i = 0; i < targets.size(); ++i) {
        if (cohort.players[i] == 0) continue;
        table.rows.push_back(retention_row(cohort.date, group, is_divided, targets[i].day, cohort.players[i]));
      }
    }
  });
  return table;
}

Result<IndexAnswers::Players> IndexAnswers::players(const RetentionQuestion& question, const CellChoice& choice) const {
  behavior::RetentionCell cell;
  if (const auto cohort = chosen(choice, "cohort_date")) {
    const auto* date = std::get_if<Date>(&*cohort);
    if (!date) return Players{};
    cell.date = *date;
  }
  if (const auto day = chosen(choice, "day"); day && (store::is_null(*day) || store::as_int(*day) != kWholeCohort)) {
    const auto targets = targets_of(question);
    const auto target = std::find_if(targets.begin(), targets.end(), [&](const RetentionTarget& each) {
      return !store::is_null(*day) && each.day == store::as_int(*day);
    });
    if (target == targets.end()) return Players{};
    cell.span = static_cast<size_t>(target - targets.begin());
  }
  if (!choose_group(choice, frame_, cell)) return Players{};
  const auto query = divided(question);
  if (!query) return query.error();
  auto listed = behavior::retention_players(snapshot_, *query, cell, kEverybody);
  if (!listed) return listed.error();
  return std::move(listed->players);
}

// --- series ---

// The values are ranked over the frame's own range, whatever range is asked for.
Result<behavior::CountsQuery> IndexAnswers::divided(const Series& series, DateRange range) const {
  behavior::CountsQuery query = query_of(series, frame_.range, frame_);
  query.breakdown = divide();
  if (query.breakdown) {
    const auto all = behavior::counts(snapshot_, query);
    if (!all) return all.error();
    Weights weights;
    for (const behavior::CountsGroup& group : all->groups) weights.emplace_back(group.value, total_of(group, series));
    query.breakdown = shown(std::move(weights));
  }
  query.range = range_of(range);
  return query;
}

Result<store::Table> IndexAnswers::cells(const Series& series, DateRange range) const {
  const auto query = divided(series, range);
  if (!query) return query.error();
  const auto answer = behavior::counts(snapshot_, *query);
  if (!answer) return answer.error();
  const bool is_divided = query->breakdown.has_value();
  store::Table table;
  for_each_group(*answer, is_divided, [&](const behavior::CountsGroup& group) {
    const auto add = [&](Value date, int64_t is_total, uint64_t value) {
      Row row = {std::move(date)};
      add_group(row, group, is_divided);
      row.insert(row.end(), {is_total, as_count(value)});
      table.rows.push_back(std::move(row));
    };
    for (const behavior::DayCount& day : group.days)
      add(day.date, 0, counts_players_of(series) ? day.players : day.events);
    if (!group.days.empty()) add(Value{}, 1, total_of(group, series));
  });
  return table;
}

Result<IndexAnswers::Players> IndexAnswers::players(const Series& series, const CellChoice& choice) const {
  behavior::CountsCell cell;
  if (const auto day = chosen(choice, "date")) {
    const auto* date = std::get_if<Date>(&*day);
    if (!date) return Players{};
    cell.date = *date;
  }
  if (!choose_group(choice, frame_, cell)) return Players{};
  const auto query = divided(series, frame_.range);
  if (!query) return query.error();
  auto listed = behavior::counts_players(snapshot_, *query, cell, kEverybody);
  if (!listed) return listed.error();
  return std::move(listed->players);
}

}  // namespace gm::query
