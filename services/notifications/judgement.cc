#include "services/notifications/judgement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace gm::notifications {
namespace {

constexpr double kDeviationsOfMad = 1.4826;
constexpr double kToleratedShare = 0.02;
constexpr size_t kBaselineMin = 4;
constexpr size_t kRecentMax = 60;
constexpr double kPercent = 100;
constexpr int kDaysPerWeek = 7;
constexpr int kDaysPerMonthMax = 31;

std::string number(double value) { return fmt::format("{:.6g}", value); }

double median(std::vector<double> values) {
  const size_t middle = values.size() / 2;
  std::ranges::sort(values);
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

Verdict unjudged(const Period& period, std::string why) {
  Verdict verdict;
  verdict.period = period;
  verdict.remark = std::move(why);
  return verdict;
}

// What lies outside of the bounds fulfils the condition.
Verdict against_bounds(const RuleDefinition& definition, const Period& period, std::optional<double> low,
                       std::optional<double> high, const std::string& reference) {
  const double value = *period.value;
  Verdict verdict;
  verdict.judged = true;
  verdict.period = period;
  verdict.low = low;
  verdict.high = high;
  const bool too_high = high && value > *high, too_low = low && value < *low;
  verdict.holds = too_high || too_low;
  verdict.cleared = !verdict.holds;
  const std::string bound = too_high ? "above " + number(*high) : too_low ? "below " + number(*low) : "as expected";
  verdict.summary = fmt::format("{} of {} is {}, {}{}", name_of(definition), period.name, number(value), bound,
                                reference.empty() ? "" : " (" + reference + ")");
  return verdict;
}

Verdict judge_threshold(const RuleDefinition& definition, const Period& period) {
  const Condition& condition = definition.condition;
  Verdict verdict = against_bounds(definition, period, condition.below, condition.above, "");
  if (condition.resolve_at) {
    const bool reached =
        condition.above ? *period.value <= *condition.resolve_at : *period.value >= *condition.resolve_at;
    verdict.cleared = verdict.cleared && reached;
  }
  return verdict;
}

Verdict judge_change(const RuleDefinition& definition, const std::vector<Period>& periods) {
  const Condition& condition = definition.condition;
  const Period& period = periods.back();
  if (periods.size() < 2 || !periods[periods.size() - 2].value)
    return unjudged(period, "the period before has no value");
  const double before = *periods[periods.size() - 2].value;
  if (condition.percent && before == 0)
    return unjudged(period, "the period before is 0, of which nothing is a percent");
  const double unit = condition.percent ? std::abs(before) / kPercent : 1;
  const auto bound = [&](const std::optional<double>& by, int sign) {
    return by ? std::optional(before + sign * *by * unit) : std::nullopt;
  };
  return against_bounds(definition, period, bound(condition.falls, -1), bound(condition.rises, 1),
                        "the period before: " + number(before));
}

// The newest first.
std::vector<double> baseline_of(const RuleDefinition& definition, const TimeZone& zone,
                                const std::vector<Period>& periods) {
  std::map<int64_t, double> known;  // from the first number other than 0
  for (const Period& period : periods) {
    if (period.value && (!known.empty() || *period.value != 0)) known[period.start_ms] = *period.value;
  }
  std::vector<double> baseline;
  for (int week = 1; week <= definition.condition.weeks; ++week) {
    const auto found = known.find(weeks_earlier(definition, zone, periods.back().start_ms, week));
    if (found != known.end()) baseline.push_back(found->second);
  }
  return baseline;
}

Verdict judge_anomaly(const RuleDefinition& definition, const TimeZone& zone, const std::vector<Period>& periods) {
  const Condition& condition = definition.condition;
  const std::vector<double> baseline = baseline_of(definition, zone, periods);
  if (baseline.size() < kBaselineMin) {
    return unjudged(periods.back(),
                    fmt::format("{} weeks are known so far; it takes {}", baseline.size(), kBaselineMin));
  }
  const double middle = median(baseline);
  std::vector<double> distances;
  for (const double value : baseline) distances.push_back(std::abs(value - middle));
  const double spread = condition.sensitivity * kDeviationsOfMad * median(distances);
  const double band = std::max({spread, kToleratedShare * std::abs(middle), condition.at_least});
  return against_bounds(definition, periods.back(), condition.downward ? std::optional(middle - band) : std::nullopt,
                        condition.upward ? std::optional(middle + band) : std::nullopt,
                        fmt::format("median of {} weeks: {}", baseline.size(), number(middle)));
}

Verdict judge_last(const RuleDefinition& definition, const TimeZone& zone, const std::vector<Period>& periods) {
  if (!periods.back().value) return unjudged(periods.back(), "there is no value");
  switch (definition.condition.kind) {
    case ConditionKind::threshold:
      return judge_threshold(definition, periods.back());
    case ConditionKind::change:
      return judge_change(definition, periods);
    case ConditionKind::anomaly:
      break;
  }
  return judge_anomaly(definition, zone, periods);
}

}  // namespace

int64_t weeks_earlier(const RuleDefinition& definition, const TimeZone& zone, int64_t start_ms, int weeks) {
  const Date day = zone.local_date(start_ms), then = day - weeks * kDaysPerWeek;
  if (definition.window == query::Interval::day) return zone.start_of(then);
  return zone.start_of(then) + (start_ms - zone.start_of(day));
}

Verdict judge(const RuleDefinition& definition, const TimeZone& zone, const std::vector<Period>& periods) {
  if (periods.empty()) return unjudged({}, "no period has ended yet");
  Verdict verdict = judge_last(definition, zone, periods);
  const size_t shown = std::min(periods.size(), kRecentMax);
  verdict.recent.assign(periods.end() - static_cast<std::ptrdiff_t>(shown), periods.end());
  return verdict;
}

int64_t days_before(const RuleDefinition& definition) {
  if (definition.condition.kind == ConditionKind::anomaly) return definition.condition.weeks * kDaysPerWeek;
  switch (definition.window) {
    case query::Interval::hour:
    case query::Interval::day:
      return 1;
    case query::Interval::week:
      return kDaysPerWeek;
    case query::Interval::month:
      break;
  }
  return kDaysPerMonthMax;
}

}  // namespace gm::notifications
