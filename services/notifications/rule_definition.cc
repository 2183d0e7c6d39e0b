#include "services/notifications/rule_definition.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "lib/query/analysis/question_reader.h"

namespace gm::notifications {
namespace {

using query::Interval;
using query::Json;
using query::ObjectReader;

constexpr size_t kNameBytesMax = 200;
constexpr double kAmountMax = 1e15;
constexpr double kPercentMax = 1e6;
constexpr double kSensitivityDefault = 3, kSensitivityMin = 0.5, kSensitivityMax = 20;
constexpr int64_t kWeeksDefault = 6, kWeeksMin = 4, kWeeksMaxOfHours = 8, kWeeksMaxOfDays = 26;
constexpr int64_t kForSecondsMax = 30LL * 24 * 3600;
constexpr Date kSomeDay{20000};
const std::vector<std::string_view> kWindows = {"hour", "day", "week", "month"};
const std::vector<std::string_view> kKinds = {"threshold", "change", "anomaly"};
const std::vector<std::string_view> kUnits = {"percent", "absolute"};
const std::vector<std::string_view> kSignals = {"none", "rejected_events", "lag_seconds", "schema_violations"};
const std::vector<std::string_view> kSides = {"both", "above", "below"};

std::optional<double> optional_number(ObjectReader& object, std::string_view name, double min, double max) {
  if (!object.has(name)) return std::nullopt;
  return object.number(name, 0, min, max);
}

void read_threshold(ObjectReader& object, Condition& condition) {
  condition.above = optional_number(object, "above", -kAmountMax, kAmountMax);
  condition.below = optional_number(object, "below", -kAmountMax, kAmountMax);
  condition.resolve_at = optional_number(object, "resolve_at", -kAmountMax, kAmountMax);
  if (condition.above.has_value() == condition.below.has_value()) {
    object.complain_here("a threshold has either 'above' or 'below'");
  } else if (condition.resolve_at && condition.above && *condition.resolve_at > *condition.above) {
    object.complain("resolve_at", "lies above 'above', so that it would be over at once");
  } else if (condition.resolve_at && condition.below && *condition.resolve_at < *condition.below) {
    object.complain("resolve_at", "lies below 'below', so that it would be over at once");
  }
}

void read_change(ObjectReader& object, Condition& condition) {
  condition.percent = object.word("unit", kUnits, 0) == 0;
  const double most = condition.percent ? kPercentMax : kAmountMax;
  condition.rises = optional_number(object, "rises", 0, most);
  condition.falls = optional_number(object, "falls", 0, condition.percent ? 100 : most);
  if (!condition.rises && !condition.falls) object.complain_here("a change has 'rises', 'falls' or both");
}

void read_anomaly(ObjectReader& object, Interval window, Condition& condition) {
  const int64_t most = window == Interval::hour ? kWeeksMaxOfHours : kWeeksMaxOfDays;
  condition.sensitivity = object.number("sensitivity", kSensitivityDefault, kSensitivityMin, kSensitivityMax);
  condition.weeks = object.integer("weeks", kWeeksDefault, kWeeksMin, most);
  condition.at_least = object.number("at_least", 0, 0, kAmountMax);
  const size_t side = object.word("side", kSides, 0);
  condition.upward = side != 2;
  condition.downward = side != 1;
  if (window != Interval::hour && window != Interval::day)
    object.complain_here("an anomaly is of hours or days, which come again every week");
}

Condition read_condition(ObjectReader& rule, Interval window) {
  Condition condition;
  const Json* value = rule.take("condition");
  if (value == nullptr) {
    rule.complain("condition", "is missing");
    return condition;
  }
  ObjectReader object(*value, rule.pointer_to("condition"), rule.problems());
  if (!object.has("kind")) object.complain("kind", "is missing");
  condition.kind = static_cast<ConditionKind>(object.word("kind", kKinds, 0));
  if (condition.kind == ConditionKind::threshold) read_threshold(object, condition);
  if (condition.kind == ConditionKind::change) read_change(object, condition);
  if (condition.kind == ConditionKind::anomaly) read_anomaly(object, window, condition);
  return condition;
}

void read_watched(ObjectReader& object, RuleDefinition& definition) {
  if (object.has("metric") == object.has("signal")) {
    for (const char* name : {"metric", "signal"}) (void)object.take(name);
    return object.complain("metric", "a rule has either 'metric' or 'signal'");
  }
  if (object.has("signal")) {
    definition.signal = static_cast<Signal>(object.word("signal", kSignals, 0));
    if (definition.signal == Signal::none) object.complain("signal", "none is nothing that can be watched");
    return;
  }
  const auto name = object.text("metric", kNameBytesMax);
  definition.metric = name ? query::find_metric(*name) : nullptr;
  if (name && definition.metric == nullptr)
    object.complain("metric", "there is no such metric; GET /api/v1/metrics lists them");
}

Interval read_window(ObjectReader& object, const query::Metric* metric) {
  const size_t fallback = metric == nullptr ? 1 : static_cast<size_t>(metric->intervals.front());
  const auto window = static_cast<Interval>(object.word("window", kWindows, fallback));
  if (metric == nullptr) return window;
  const std::vector<Interval> known = windows_of(*metric);
  if (std::ranges::find(known, window) == known.end()) {
    std::vector<std::string_view> names;
    for (const Interval one : known) names.push_back(window_name(one));
    object.complain("window", fmt::format("{} is there by {}", metric->name, fmt::join(names, ", ")));
  }
  return window;
}

// A value of this moment has no period, and so none before.
void check_of_now(ObjectReader& object, const RuleDefinition& definition) {
  for (const char* name : {"window", "incomplete"}) {
    if (object.has(name)) object.complain(name, "this signal is of the moment and has no periods");
  }
  if (definition.condition.kind != ConditionKind::threshold)
    object.complain("condition", "this signal has a threshold only, for it is of the moment");
}

// Whoever answers questions says whether it is one.
Json read_filter(ObjectReader& object, const RuleDefinition& definition) {
  const Json* filter = object.take("filter");
  if (filter == nullptr || filter->is_null()) return {};
  if (definition.signal != Signal::none) object.complain("filter", "a signal has none");
  if (definition.metric == nullptr) return {};
  RuleDefinition tried = definition;
  tried.filter = *filter;
  (void)question_of(tried, {kSomeDay, kSomeDay}, object.problems());
  return *filter;
}

nlohmann::ordered_json condition_json(const Condition& condition) {
  nlohmann::ordered_json json = {{"kind", kKinds[static_cast<size_t>(condition.kind)]}};
  const auto add = [&json](const char* name, const std::optional<double>& value) {
    if (value) json[name] = *value;
  };
  switch (condition.kind) {
    case ConditionKind::threshold:
      add("above", condition.above);
      add("below", condition.below);
      add("resolve_at", condition.resolve_at);
      break;
    case ConditionKind::change:
      json["unit"] = kUnits[condition.percent ? 0 : 1];
      add("rises", condition.rises);
      add("falls", condition.falls);
      break;
    case ConditionKind::anomaly:
      json["sensitivity"] = condition.sensitivity;
      json["weeks"] = condition.weeks;
      json["at_least"] = condition.at_least;
      json["side"] = kSides[condition.upward && condition.downward ? 0 : condition.upward ? 1 : 2];
  }
  return json;
}

}  // namespace

std::string_view window_name(Interval window) { return kWindows[static_cast<size_t>(window)]; }

std::string_view name_of(const RuleDefinition& definition) {
  return definition.metric == nullptr ? kSignals[static_cast<size_t>(definition.signal)] : definition.metric->name;
}

RuleDefinition read_definition(ObjectReader& object) {
  RuleDefinition definition;
  read_watched(object, definition);
  definition.window = read_window(object, definition.metric);
  definition.condition = read_condition(object, definition.window);
  definition.for_seconds = object.integer("for_seconds", 0, 0, kForSecondsMax);
  definition.incomplete = object.flag("incomplete", false);
  definition.filter = read_filter(object, definition);
  if (is_of_now(definition.signal)) check_of_now(object, definition);
  return definition;
}

nlohmann::ordered_json definition_json(const RuleDefinition& definition) {
  nlohmann::ordered_json json = {{definition.metric == nullptr ? "signal" : "metric", name_of(definition)}};
  const bool periods = !is_of_now(definition.signal);
  if (periods) json["window"] = window_name(definition.window);
  json["condition"] = condition_json(definition.condition);
  json["for_seconds"] = definition.for_seconds;
  if (periods) json["incomplete"] = definition.incomplete;
  if (!definition.filter.is_null()) json["filter"] = definition.filter;
  return json;
}

std::optional<RuleDefinition> stored_definition(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  query::Problems problems;
  RuleDefinition definition;
  {
    ObjectReader object(json, "", problems);
    definition = read_definition(object);
  }
  return problems.empty() ? std::optional(std::move(definition)) : std::nullopt;
}

std::optional<query::Question> question_of(const RuleDefinition& definition, query::DateRange days,
                                           query::Problems& problems) {
  Json json = {{"from", days.from.to_string()},
               {"to", days.to.to_string()},
               {"metrics", Json::array({std::string(definition.metric->name)})}};
  if (!definition.filter.is_null()) json["filter"] = definition.filter;
  auto question = query::read_question("metrics", json, "", {}, problems);
  if (question) std::get<query::MetricsQuestion>(question->what).interval = definition.window;
  return question;
}

std::vector<Interval> windows_of(const query::Metric& metric) {
  std::vector<Interval> windows = metric.intervals;
  const bool any_length =
      std::ranges::all_of(std::vector{Interval::day, Interval::week, Interval::month},
                          [&](Interval one) { return std::ranges::find(windows, one) != windows.end(); });
  if (any_length) windows.insert(windows.begin(), Interval::hour);
  return windows;
}

}  // namespace gm::notifications
