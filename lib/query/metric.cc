#include "lib/query/metric.h"

#include <algorithm>

namespace gm::query {
namespace {

constexpr double kMicros = 1e6;
constexpr double kMsPerMinuteAsDouble = 60'000;

constexpr std::string_view kCalendarDay = "calendar day";
constexpr std::string_view kFromDayTotals = "Accepted events, added up per day when they are processed (day_totals).";
constexpr std::string_view kFromActivity = "Active days of each player (player_days).";

std::vector<Metric> player_metrics() {
  return {
      {"dau",
       "Daily active players",
       "Distinct players with at least one accepted event on the day. The day is the calendar date of the event's time "
       "in the "
       "project's time zone, not of its arrival.",
       kFromDayTotals,
       "players",
       kCalendarDay,
       {{Measure::players}},
       std::nullopt,
       1,
       TotalRule::none},
      {"new_players",
       "New players",
       "Players whose first event ever lies on the day. Each player is new on exactly one day.",
       kFromDayTotals,
       "players",
       kCalendarDay,
       {{Measure::new_players}},
       std::nullopt,
       1,
       TotalRule::sum},
      {"returning_players",
       "Returning players",
       "Players active on the day whose first event lies on an earlier day: dau - new_players.",
       kFromDayTotals,
       "players",
       kCalendarDay,
       {{Measure::players}, {Measure::new_players, -1}},
       std::nullopt,
       1,
       TotalRule::none},
      {"wau",
       "Weekly active players",
       "Distinct players active on at least one of the 7 days that end with the day.",
       kFromActivity,
       "players",
       "rolling 7 days",
       {{Measure::players_in_7_days}},
       std::nullopt,
       1,
       TotalRule::none},
      {"mau",
       "Monthly active players",
       "Distinct players active on at least one of the 30 days that end with the day.",
       kFromActivity,
       "players",
       "rolling 30 days",
       {{Measure::players_in_30_days}},
       std::nullopt,
       1,
       TotalRule::none},
      {"stickiness",
       "Stickiness (DAU/MAU)",
       "Share of the players of the last 30 days who were active on the day: dau / mau. Empty when nobody was active "
       "in the 30 days.",
       kFromActivity,
       "share",
       "rolling 30 days",
       {{Measure::players_in_1_day}},
       Measure::players_in_30_days,
       1,
       TotalRule::none},
  };
}

std::vector<Metric> activity_metrics() {
  return {
      {"events",
       "Events",
       "Accepted events that happened on the day; a repeated event id counts once.",
       kFromDayTotals,
       "events",
       kCalendarDay,
       {{Measure::events}},
       std::nullopt,
       1,
       TotalRule::sum},
      {"sessions",
       "Sessions",
       "Sessions that started on the day. A session is what the game names with a session id, else a player's events "
       "without a pause longer than the session gap (30 minutes unless set otherwise).",
       kFromDayTotals,
       "sessions",
       kCalendarDay,
       {{Measure::sessions}},
       std::nullopt,
       1,
       TotalRule::sum},
      {"session_minutes",
       "Session length",
       "Mean length of the sessions that started on the day, from first to last event: session time / sessions. Empty "
       "on days without sessions.",
       kFromDayTotals,
       "minutes",
       kCalendarDay,
       {{Measure::session_ms}},
       Measure::sessions,
       kMsPerMinuteAsDouble,
       TotalRule::mean},
      {"revenue",
       "Revenue",
       "Sum of the revenue of the day's events that came in the project's reporting currency, refunds (negative "
       "amounts) "
       "taken off. Other currencies are neither converted nor counted.",
       kFromDayTotals,
       kCurrencyUnit,
       kCalendarDay,
       {{Measure::revenue_micros}},
       std::nullopt,
       kMicros,
       TotalRule::sum},
      {"payers",
       "Paying players",
       "Distinct players with at least one event with revenue above 0 in the reporting currency on the day.",
       kFromDayTotals,
       "players",
       kCalendarDay,
       {{Measure::payers}},
       std::nullopt,
       1,
       TotalRule::none},
      {"arpdau",
       "Revenue per active player",
       "Revenue of the day divided by the players active on the day: revenue / dau. Empty on days without players.",
       kFromDayTotals,
       kCurrencyUnit,
       kCalendarDay,
       {{Measure::revenue_micros}},
       Measure::players,
       kMicros,
       TotalRule::mean},
  };
}

std::vector<Metric> build() {
  std::vector<Metric> all = player_metrics();
  for (Metric& metric : activity_metrics()) all.push_back(std::move(metric));
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
  static const Metric metric{"retention",
                             "Retention",
                             "Classic day-N retention: of the players whose first event lies on the cohort's day, the "
                             "share active exactly N calendar days "
                             "later. A cohort enters the average of day N only when that day has ended.",
                             "Active players per cohort and day (cohort_days).",
                             "share",
                             kCalendarDay,
                             {},
                             std::nullopt,
                             1,
                             TotalRule::none};
  return metric;
}

const Metric& top_events_metric() {
  static const Metric metric{
      "top_events",
      "Top events",
      "Accepted events of the range by name, most frequent first; the share is of all events of the range.",
      "Accepted events per name and day (event_days).",
      "events",
      kCalendarDay,
      {},
      std::nullopt,
      1,
      TotalRule::sum};
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

bool needs_rolling(const Metric& metric) {
  return std::any_of(metric.numerator.begin(), metric.numerator.end(),
                     [](const Term& t) { return is_rolling(t.measure); });
}

}  // namespace gm::query
