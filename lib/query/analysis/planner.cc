#include "lib/query/analysis/planner.h"

#include <algorithm>
#include <array>
#include <utility>

#include "lib/behavior/section_format.h"
#include "lib/query/analysis/index_query.h"
#include "lib/query/analysis/trend.h"

namespace gm::query {
namespace {

const TrendQuestion* trend_of(const Question& question) { return std::get_if<TrendQuestion>(&question.what); }
const MetricsQuestion* metrics_of(const Question& question) { return std::get_if<MetricsQuestion>(&question.what); }
const FunnelQuestion* funnel_of(const Question& question) { return std::get_if<FunnelQuestion>(&question.what); }
const RetentionQuestion* retention_of(const Question& question) {
  return std::get_if<RetentionQuestion>(&question.what);
}

// Every series of every metric, or of the trend; with its interval.
std::vector<std::pair<Series, Interval>> series_in(const Question& question) {
  std::vector<std::pair<Series, Interval>> all;
  if (const auto* trend = trend_of(question)) {
    for (const Series& series : trend->series) all.emplace_back(series, trend->interval);
  }
  if (const auto* metrics = metrics_of(question)) {
    for (const Metric* metric : metrics->metrics) {
      for (Series& series : series_of(*metric)) all.emplace_back(std::move(series), interval_of(*metrics, *metric));
    }
  }
  return all;
}

// Every set of events that the question asks for.
std::vector<EventChoice> choices_in(const Question& question) {
  std::vector<EventChoice> all;
  for (const auto& [series, interval] : series_in(question)) all.push_back(series.events);
  if (const auto* funnel = funnel_of(question)) {
    all.insert(all.end(), funnel->steps.begin(), funnel->steps.end());
    all.insert(all.end(), funnel->exclusions.begin(), funnel->exclusions.end());
  }
  if (const auto* retention = retention_of(question)) {
    for (const auto& choice : {retention->start, retention->comeback}) {
      if (choice) all.push_back(*choice);
    }
  }
  return all;
}

bool asks_for_sql(const Question& question) { return question.frame.sql_only; }

bool other_kind(const Question& question) {
  return !trend_of(question) && !metrics_of(question) && !funnel_of(question) && !retention_of(question);
}

bool by_session(const Question& question) {
  const auto* funnel = funnel_of(question);
  return funnel && funnel->per_session;
}

bool other_field(const Question& question) {
  if (!tests_of(question.frame.filter)) return true;
  const auto choices = choices_in(question);
  return std::any_of(choices.begin(), choices.end(), [](const EventChoice& each) { return !tests_of(each.where); });
}

bool other_breakdown(const Question& question) {
  const auto& fields = question.frame.breakdown;
  if (fields.empty()) return false;
  // The values of several series are ranked together.
  const auto* trend = trend_of(question);
  return fields.size() > 1 || !dimension_of(fields.front()) || metrics_of(question) ||
         (trend && trend->series.size() > 1);
}

bool other_measure(const Question& question) {
  const auto all = series_in(question);
  return std::any_of(all.begin(), all.end(), [](const auto& each) {
    const SeriesMeasure measure = each.first.measure;
    return each.second != Interval::day || (measure != SeriesMeasure::events && measure != SeriesMeasure::players);
  });
}

// Which days a player was active on, and how many events a day had, the store keeps as sums.
bool daily_sums_tell(const Question& question) {
  const Frame& frame = question.frame;
  if (frame.filter || !frame.breakdown.empty()) return false;
  const auto is_any = [](const EventChoice& choice) { return choice.event.empty() && !choice.where; };
  if (const auto* retention = retention_of(question)) {
    return !retention->start && !retention->comeback && retention->window == RetentionWindow::calendar_day;
  }
  if (funnel_of(question)) return false;
  const auto choices = choices_in(question);
  return std::all_of(choices.begin(), choices.end(), is_any);
}

constexpr std::array kRules = {
    EngineRule{"asked", "the question says `\"engine\":\"sql\"`", asks_for_sql},
    EngineRule{"kind", "it is none of `trend`, `metrics`, `funnel`, `retention`", other_kind},
    EngineRule{"sessions", "its units are sessions, which are rows of the store with a history of their own",
               by_session},
    EngineRule{"field",
               "a condition looks at something else than `country`, `platform`, `build` and `source` of the event, "
               "compares otherwise than by `equals`, `in` and `set`, or does not come down to \"all of these\"",
               other_field},
    EngineRule{"breakdown",
               "it is divided by another field than these, by several, or has a breakdown and several series",
               other_breakdown},
    EngineRule{"measure", "it has a measure other than `events` and `players`, or an interval other than `day`",
               other_measure},
    EngineRule{"sums", "it asks for any event without conditions: the store's daily sums tell that sooner",
               daily_sums_tell},
    EngineRule{kIndexOff, "`behavior.enabled` or `query.use_index` is off"},
    EngineRule{"behind", "the index does not hold everything that the store holds: it is being fed or written anew"},
    EngineRule{"linked",
               "an id of the project is joined to another: the index knows players by the id that an event came with, "
               "so as long as there is such a pair all questions of the project go to SQL"},
    EngineRule{"damaged", "a file of the index is damaged; it is made again"},
    EngineRule{"too_large", "the answer has more cells than the index gives"},
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kErrors = {{
    {behavior::kBehind, "behind"},
    {behavior::kStale, "behind"},
    {behavior::kLinked, "linked"},
    {behavior::kCorrupt, "damaged"},
    {behavior::kTooLarge, "too_large"},
    {behavior::kInvalid, "kind"},
}};

}  // namespace

std::span<const EngineRule> engine_rules() { return kRules; }

std::string_view needs_sql(const Question& question) {
  const auto found = std::find_if(kRules.begin(), kRules.end(),
                                  [&](const EngineRule& rule) { return rule.needs_sql && rule.needs_sql(question); });
  return found == kRules.end() ? std::string_view() : found->reason;
}

std::string_view reason_of(const Error& error) {
  const auto found =
      std::find_if(kErrors.begin(), kErrors.end(), [&](const auto& each) { return each.first == error.code; });
  return found == kErrors.end() ? std::string_view() : found->second;
}

}  // namespace gm::query
