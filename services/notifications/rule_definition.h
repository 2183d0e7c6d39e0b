#pragma once
// Private to this folder: what a rule watches and when it fires, read from JSON and written back.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "lib/query/analysis/question.h"
#include "lib/query/language/object_reader.h"
#include "lib/query/metric.h"

namespace gm::notifications {

enum class ConditionKind : uint8_t { threshold, change, anomaly };

struct Condition {
  ConditionKind kind = ConditionKind::threshold;
  // threshold: one of the two. `resolve_at`: the value that has to be reached again before it is over.
  std::optional<double> above, below, resolve_at;
  // change: against the period before, in percent of it or in the metric's unit.
  bool percent = true;
  std::optional<double> rises, falls;
  // anomaly: further from the median of the same hours or weekdays than `sensitivity` robust deviations.
  double sensitivity = 0;
  int64_t weeks = 0;
  double at_least = 0;
  bool upward = true, downward = true;
};

// What the pipeline itself is watched by, in place of a metric.
enum class Signal : uint8_t {
  none,
  rejected_events,    // of the project, by their receipt
  lag_seconds,        // what was received since then is not in the numbers yet
  schema_violations,  // properties that came with other types than expected, until now
};
constexpr bool is_of_now(Signal signal) { return signal == Signal::lag_seconds || signal == Signal::schema_violations; }

struct RuleDefinition {
  const query::Metric* metric = nullptr;  // or `signal`
  Signal signal = Signal::none;
  query::Interval window = query::Interval::day;
  query::Json filter;  // null: none
  Condition condition;
  int64_t for_seconds = 0;
  bool incomplete = false;  // judge a period that has not ended
};

// The members metric or signal, filter, window, condition, for_seconds and incomplete of the object; complains to the
// reader. The result is of use only when nothing complained.
RuleDefinition read_definition(query::ObjectReader& object);
nlohmann::ordered_json definition_json(const RuleDefinition& definition);
// Of definition_json(). Nullopt when a metric has gone since.
std::optional<RuleDefinition> stored_definition(const std::string& text);
// The question whose answer has the values of the days. Complains about the filter. Nullopt when there are problems.
std::optional<query::Question> question_of(const RuleDefinition& definition, query::DateRange days,
                                           query::Problems& problems);
// By hours, too, where the metric's rule names no length of its period.
std::vector<query::Interval> windows_of(const query::Metric& metric);

std::string_view window_name(query::Interval window);
// Of the metric or the signal.
std::string_view name_of(const RuleDefinition& definition);

}  // namespace gm::notifications
