#include "lib/query/queries.h"

#include <algorithm>
#include <map>
#include <span>

#include "lib/base/saturating.h"
#include "lib/event/event.h"
#include "lib/query/rolling.h"

namespace gm::query {
namespace {

using store::as_int;
using store::as_moment_ms;
using store::as_text;
using store::Value;

std::optional<Date> date_of(const Value& value) {
  const auto* date = std::get_if<Date>(&value);
  return date ? std::optional<Date>(*date) : std::nullopt;
}

std::optional<int64_t> moment_of(const Value& value) {
  return store::is_null(value) ? std::nullopt : std::optional<int64_t>(as_moment_ms(value));
}

std::string source_of(const Value& value) {
  if (std::holds_alternative<std::string>(value)) return as_text(value);
  return std::string(event::source_name(static_cast<event::Source>(as_int(value))));
}

constexpr size_t kCurrenciesNamedMax = 29;

int64_t& slot(DayMeasures& measures, Measure measure) { return measures[static_cast<size_t>(measure)]; }

double share_of(int64_t part, int64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

// The metric's daily measures, and those that its explanation needs.
std::vector<Measure> daily_measures(const Metric& metric) {
  std::vector<Measure> used = {Measure::events, Measure::late_events};
  const auto add = [&](Measure measure) {
    if (!is_rolling(measure) && std::find(used.begin(), used.end(), measure) == used.end()) used.push_back(measure);
  };
  for (const Term& term : metric.numerator) add(term.measure);
  if (metric.denominator) add(*metric.denominator);
  return used;
}

std::vector<Measure> rolling_measures(const Metric& metric) {
  std::vector<Measure> used;
  for (const Term& term : metric.numerator) {
    if (is_rolling(term.measure)) used.push_back(term.measure);
  }
  if (metric.denominator && is_rolling(*metric.denominator)) used.push_back(*metric.denominator);
  return used;
}

std::optional<double> total_of(const Metric& metric, const std::vector<DayMeasures>& days) {
  if (metric.total == TotalRule::none) return std::nullopt;
  DayMeasures sums{};
  for (const DayMeasures& day : days) {
    for (size_t i = 0; i < kMeasureCount; ++i) sums[i] += day[i];
  }
  return value_of(metric, sums);
}

std::vector<RetentionAverage> averages(const std::vector<int>& days, const std::vector<Cohort>& cohorts) {
  std::vector<RetentionAverage> result;
  for (const int day : days) {
    RetentionAverage average{day, std::nullopt, 0};
    int64_t players = 0;
    for (const Cohort& cohort : cohorts) {
      const auto cell =
          std::find_if(cohort.cells.begin(), cohort.cells.end(), [&](const RetentionCell& c) { return c.day == day; });
      if (cell == cohort.cells.end() || !cell->complete) continue;
      players += cell->players;
      average.size += cohort.size;
    }
    if (average.size > 0) average.share = share_of(players, average.size);
    result.push_back(average);
  }
  return result;
}

}  // namespace

Result<std::vector<UnconvertedMoney>> unconverted_money(store::AnalyticsStore& store, const Scope& scope,
                                                        DateRange range, int64_t timeout_ms) {
  const auto table = store.run(Compiler().unconverted(scope.project, range, scope.currency), timeout_ms);
  if (!table) return table.error();
  std::vector<UnconvertedMoney> found;
  for (const auto& row : table->rows)
    found.push_back({as_text(row[0]), as_int(row[1]), static_cast<double>(as_int(row[2])) / kMicros});
  if (found.size() <= kCurrenciesNamedMax) return found;
  UnconvertedMoney others{std::string(kOtherCurrencies), 0, std::nullopt};
  for (size_t i = kCurrenciesNamedMax; i < found.size(); ++i) add_to(others.events, found[i].events);
  found.resize(kCurrenciesNamedMax);
  found.push_back(std::move(others));
  return found;
}

struct Queries::Days {
  explicit Days(DateRange over) : range(over), measures(static_cast<size_t>(over.days())) {}
  // Null for a date outside the range.
  DayMeasures* at(Date date) {
    return date < range.from || date > range.to ? nullptr : &measures[static_cast<size_t>(date - range.from)];
  }

  DateRange range;
  std::vector<DayMeasures> measures;
};

QuerySettings QuerySettings::from(const config::Settings& settings) {
  return {settings.duration_ms("query.timeout"), settings.duration_ms("processor.late_window"),
          settings.integer("query.rows_max"), settings.bytes("query.activity_memory"),
          settings.boolean("query.use_index")};
}

Queries::Queries(store::AnalyticsStore& store, const QuerySettings& settings)
    : store_(store),
      settings_(settings),
      // Half of what one statement may answer with: the index asks in portions, and a day may grow between two
      // statements.
      activity_(store,
                {settings.timeout_ms, settings.activity_bytes_max, std::max<int64_t>(settings.rows_max / 2, 1)}) {}

Status Queries::read_totals(const Scope& scope, const Metric& metric, Days& days) const {
  const std::vector<Measure> measures = daily_measures(metric);
  const auto table = run(compiler_.day_totals(scope.project, days.range, measures));
  if (!table) return table.error();
  for (const auto& row : table->rows) {
    const auto date = date_of(row[0]);
    DayMeasures* day = date ? days.at(*date) : nullptr;
    if (!day) continue;
    for (size_t i = 0; i < measures.size(); ++i) slot(*day, measures[i]) = as_int(row[i + 1]);
  }
  return {};
}

Status Queries::read_rolling(const Scope& scope, const Metric& metric, Days& days) const {
  const std::vector<Measure> measures = rolling_measures(metric);
  int longest = 1;
  for (const Measure measure : measures) longest = std::max(longest, window_days(measure));
  const auto active = activity_.days(scope.project, {days.range.from - (longest - 1), days.range.to});
  if (!active) return active.error();
  for (const Measure measure : measures) {
    // Shorter windows reach less far back.
    const auto reach = std::span(*active).subspan(static_cast<size_t>(longest - window_days(measure)));
    const std::vector<int64_t> players = players_in_window(reach, window_days(measure));
    for (size_t i = 0; i < players.size(); ++i) slot(days.measures[i], measure) = players[i];
  }
  return {};
}

Explanation Queries::explain(const Metric& metric, const Scope& scope, const Days& days) const {
  int64_t events = 0, late = 0;
  for (const DayMeasures& day : days.measures) {
    events += day[static_cast<size_t>(Measure::events)];
    late += day[static_cast<size_t>(Measure::late_events)];
  }
  const Calendar when = calendar(scope);
  return {std::string(metric.name),
          std::string(metric.title),
          std::string(metric.definition),
          metric.unit == kCurrencyUnit ? scope.currency : std::string(metric.unit),
          std::string(when.zone_name()),
          std::string(metric.window),
          days.range,
          when.complete(days.range),
          share_of(late, events),
          scope.as_of_ms};
}

Result<MetricAnswer> Queries::metric(const Metric& metric, const Scope& scope, DateRange range) const {
  Days days(range);
  if (const Status status = read_totals(scope, metric, days); !status) return status.error();
  if (needs_rolling(metric)) {
    if (const Status status = read_rolling(scope, metric, days); !status) return status.error();
  }
  const Calendar when = calendar(scope);
  MetricAnswer answer{explain(metric, scope, days), total_of(metric, days.measures), {}};
  if (is_money(metric)) {
    auto unconverted = unconverted_money(store_, scope, range, settings_.timeout_ms);
    if (!unconverted) return unconverted.error();
    answer.explanation.unconverted = std::move(*unconverted);
  }
  answer.points.reserve(days.measures.size());
  for (int i = 0; i < range.days(); ++i) {
    const Date date = range.from + i;
    answer.points.push_back({date, value_of(metric, days.measures[static_cast<size_t>(i)]), when.provisional(date)});
  }
  return answer;
}

Result<RetentionAnswer> Queries::retention(const Scope& scope, DateRange range, const std::vector<int>& days) const {
  Days totals(range);
  if (const Status status = read_totals(scope, retention_metric(), totals); !status) return status.error();
  const auto table = run(compiler_.cohort_days(scope.project, range, days));
  if (!table) return table.error();
  std::map<std::pair<Date, int>, int64_t> players;
  for (const auto& row : table->rows) {
    if (const auto date = date_of(row[0])) players[{*date, static_cast<int>(as_int(row[1]))}] = as_int(row[2]);
  }
  const Calendar when = calendar(scope);
  const auto count = [&](Date cohort, int day) {
    const auto found = players.find({cohort, day});
    return found == players.end() ? int64_t{0} : found->second;
  };
  RetentionAnswer answer{explain(retention_metric(), scope, totals), days, {}, {}};
  // A cell reads days after the cohort's own, and those are the last to become final.
  answer.explanation.complete = when.complete({range.from, range.to + (days.empty() ? 0 : days.back())});
  for (int i = 0; i < range.days(); ++i) {
    Cohort cohort{range.from + i, count(range.from + i, 0), {}};
    for (const int day : days) {
      if (cohort.size == 0 || cohort.date + day > when.today()) continue;
      const int64_t active = count(cohort.date, day);
      cohort.cells.push_back({day, active, share_of(active, cohort.size), when.ended(cohort.date + day)});
    }
    answer.cohorts.push_back(std::move(cohort));
  }
  answer.average = averages(days, answer.cohorts);
  return answer;
}

Result<TopEventsAnswer> Queries::top_events(const Scope& scope, DateRange range, int limit) const {
  Days totals(range);
  if (const Status status = read_totals(scope, top_events_metric(), totals); !status) return status.error();
  const auto table = run(compiler_.top_events(scope.project, range, limit));
  if (!table) return table.error();
  int64_t all = 0;
  for (const DayMeasures& day : totals.measures) all += day[static_cast<size_t>(Measure::events)];
  TopEventsAnswer answer{explain(top_events_metric(), scope, totals), {}};
  for (const auto& row : table->rows)
    answer.rows.push_back({as_text(row[0]), as_int(row[1]), share_of(as_int(row[1]), all)});
  return answer;
}

Result<ProjectFacts> Queries::project_facts(ProjectId project) const {
  const auto bounds = run(compiler_.project_bounds(project));
  if (!bounds) return bounds.error();
  ProjectFacts facts;
  if (bounds->rows.empty()) return facts;
  const auto& row = bounds->rows.front();
  facts.events = as_int(row[0]);
  const auto first = date_of(row[1]);
  const auto last = date_of(row[2]);
  if (!first || !last) return facts;
  const auto begin = run(compiler_.event_times(project, *first));
  if (!begin) return begin.error();
  const auto end = run(compiler_.event_times(project, *last));
  if (!end) return end.error();
  if (!begin->rows.empty()) facts.first_event_ms = moment_of(begin->rows.front()[0]);
  if (!end->rows.empty()) facts.last_event_ms = moment_of(end->rows.front()[1]);
  return facts;
}

Result<RejectedPage> Queries::rejected(ProjectId project, std::optional<int64_t> before,
                                       const std::optional<std::string>& reason, int limit) const {
  const auto reasons = run(compiler_.rejected_reasons(project));
  if (!reasons) return reasons.error();
  RejectedPage page;
  for (const auto& row : reasons->rows) {
    page.reasons.emplace_back(as_text(row[0]), as_int(row[1]));
    if (!reason || *reason == page.reasons.back().first) page.total += as_int(row[1]);
  }
  // One row more than asked for tells whether there is a next page.
  const auto table = run(compiler_.rejected(project, before, reason, limit + 1));
  if (!table) return table.error();
  for (const auto& row : table->rows) {
    if (page.rows.size() == static_cast<size_t>(limit)) {
      page.next = page.rows.back().offset;
      break;
    }
    page.rows.push_back(
        {as_int(row[0]), as_moment_ms(row[1]), as_text(row[2]), as_text(row[3]), source_of(row[4]), as_text(row[5])});
  }
  return page;
}

}  // namespace gm::query
