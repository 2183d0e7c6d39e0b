#include "lib/query/metric.h"

#include <algorithm>

#include "lib/query/metric_catalog.h"

namespace gm::query {
namespace {

std::vector<Metric> build() {
  std::vector<Metric> all;
  for (const auto rows : {player_metrics, activity_metrics, money_metrics, game_metrics}) {
    for (Metric& metric : rows()) all.push_back(std::move(metric));
  }
  return all;
}

}  // namespace

int window_days(Measure measure) {
  switch (measure) {
    case Measure::players_in_7_days:
      return 7;
    case Measure::players_in_30_days:
      return kLongestWindowDays;
    default:
      return 1;
  }
}

const std::vector<Metric>& metrics() {
  static const std::vector<Metric> all = build();
  return all;
}

const Metric* find_metric(std::string_view name) {
  const auto found = std::find_if(metrics().begin(), metrics().end(), [&](const Metric& m) { return m.name == name; });
  return found == metrics().end() ? nullptr : &*found;
}

const Metric& retention_metric() {
  static const Metric metric{
      .name = "retention",
      .title = "Retention",
      .definition =
          "Classic day-N retention: of the players whose first event lies on the cohort's day, the share active "
          "exactly "
          "N calendar days later. A cohort enters the average of day N only when that day has ended.",
      .source = "Active players per cohort and day (cohort_days).",
      .unit = "share",
      .window = kCalendarDay};
  return metric;
}

const Metric& top_events_metric() {
  static const Metric metric{
      .name = "top_events",
      .title = "Top events",
      .definition =
          "Accepted events of the range by name, most frequent first; the share is of all events of the range.",
      .source = "Accepted events per name and day (event_days).",
      .unit = "events",
      .window = kCalendarDay,
      .total = TotalRule::sum};
  return metric;
}

std::optional<double> value_of(const Metric& metric, const DayMeasures& measures) {
  int64_t numerator = 0;
  for (const Term& term : metric.numerator) numerator += term.sign * measures[static_cast<size_t>(term.measure)];
  const double value = static_cast<double>(numerator) / metric.divisor;
  if (!metric.denominator) return value;
  const int64_t denominator = measures[static_cast<size_t>(*metric.denominator)];
  if (denominator == 0) return std::nullopt;
  return value / static_cast<double>(denominator);
}

bool is_money(const Metric& metric) {
  return std::any_of(metric.series.begin(), metric.series.end(),
                     [](const DeclaredSeries& series) { return of_money(series.measure); });
}

bool needs_rolling(const Metric& metric) {
  return std::any_of(metric.numerator.begin(), metric.numerator.end(),
                     [](const Term& t) { return is_rolling(t.measure); });
}

}  // namespace gm::query
