#pragma once
// What can be counted over events with any filter and breakdown. Metrics are formulas over these.

#include <cstdint>
#include <string_view>

namespace gm::query {

enum class SeriesMeasure : uint8_t {
  events,
  players,            // distinct
  new_players,        // distinct, whose first event ever lies in the interval
  returning_players,  // distinct, whose first event ever lies before the interval
  players_7_days,     // distinct, of the 7 days that end with the day
  players_30_days,
  payers,     // distinct, with revenue above 0 in the reporting currency
  purchases,  // events with revenue above 0 in the reporting currency
  revenue,
  sessions,
  session_ms,         // added up
  session_median_ms,  // of one session
  sum,                // these six are of a property
  mean,
  median,
  p90,
  min,
  max,
};

constexpr bool counts_players(SeriesMeasure measure) {
  return (measure >= SeriesMeasure::players && measure <= SeriesMeasure::payers);
}
constexpr bool of_money(SeriesMeasure measure) {
  return measure >= SeriesMeasure::payers && measure <= SeriesMeasure::revenue;
}
constexpr bool of_property(SeriesMeasure measure) { return measure >= SeriesMeasure::sum; }
constexpr bool of_sessions(SeriesMeasure measure) {
  return measure >= SeriesMeasure::sessions && measure <= SeriesMeasure::session_median_ms;
}
// Nothing happened means 0; otherwise there is no value.
constexpr bool is_zero_when_empty(SeriesMeasure measure) {
  return measure <= SeriesMeasure::session_ms || measure == SeriesMeasure::sum;
}
constexpr int rolling_days(SeriesMeasure measure) {
  return measure == SeriesMeasure::players_7_days ? 7 : measure == SeriesMeasure::players_30_days ? 30 : 1;
}

enum class Interval : uint8_t { hour, day, week, month };

// A series as the catalogue declares it.
struct DeclaredSeries {
  SeriesMeasure measure;
  std::string_view event = {};     // empty: any
  std::string_view property = {};  // of_property() measures
};

}  // namespace gm::query
