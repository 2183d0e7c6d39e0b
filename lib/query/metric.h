#pragma once
// The metric catalogue: one declaration per metric says its name, its rule in words, how its value is made from daily
// sums (where there are any), and how it is made from events, for any filter, breakdown and interval. The compilers,
// the API's explanation fields and the list of metrics all read this table; nothing else knows a metric by name.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "lib/query/language/series_measure.h"

namespace gm::query {

// What can be counted for one day. The first group is summed from the rollup `day_totals`; the second is distinct
// players of a rolling window that ends that day.
enum class Measure : uint8_t {
  players,
  new_players,
  events,
  late_events,
  sessions,
  session_ms,
  payers,
  revenue_micros,
  players_in_1_day,
  players_in_7_days,
  players_in_30_days,
};
inline constexpr size_t kMeasureCount = 11;
inline constexpr size_t kDailyMeasureCount = 8;  // the first ones come from day_totals
using DayMeasures = std::array<int64_t, kMeasureCount>;

inline constexpr bool is_rolling(Measure measure) { return static_cast<size_t>(measure) >= kDailyMeasureCount; }
// Days of the rolling window; 1 for a daily measure.
int window_days(Measure measure);
inline constexpr int kLongestWindowDays = 30;

// How the value of a whole range is formed from its days.
enum class TotalRule : uint8_t {
  sum,   // the days add up
  mean,  // numerator and denominator add up, then divide
  none,  // adding days would count a player twice, so there is no total
};

struct Term {
  Measure measure;
  int sign = 1;
};

// In place of a unit: the project's reporting currency.
inline constexpr std::string_view kCurrencyUnit = "currency";
// Millionths in one unit of a currency: amounts are stored as whole millionths and shown in units.
inline constexpr double kMicros = 1e6;

struct Metric {
  std::string_view name = {};
  std::string_view title = {};
  std::string_view definition = {};
  std::string_view source = {};
  std::string_view unit = {};
  std::string_view window = {};
  // From daily sums. No numerator: only from events.
  std::vector<Term> numerator = {};                   // added up
  std::optional<Measure> denominator = std::nullopt;  // absent: the value is the numerator
  double divisor = 1;                                 // from stored to shown unit, e.g. millionths to units
  TotalRule total = TotalRule::none;
  // From events: the first series is "A". Series and sums must agree; a test compares them.
  std::vector<DeclaredSeries> series = {};
  std::string_view formula = "A";
  // The intervals it may be asked for; the first is the one without asking.
  std::vector<Interval> intervals = {Interval::day, Interval::week, Interval::month};
};

inline bool has_daily_sums(const Metric& metric) { return !metric.numerator.empty(); }

// Some of its numbers are of money.
bool is_money(const Metric& metric);

// In the order shown to people.
const std::vector<Metric>& metrics();
// Null when there is no such metric.
const Metric* find_metric(std::string_view name);

// What retention and top events say about themselves; they are tables, not metrics by day.
const Metric& retention_metric();
const Metric& top_events_metric();

// The metric's value for one day (or for the sums of several); nullopt when its denominator is 0.
std::optional<double> value_of(const Metric& metric, const DayMeasures& measures);
bool needs_rolling(const Metric& metric);

}  // namespace gm::query
