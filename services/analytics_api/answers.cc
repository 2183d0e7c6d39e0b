#include "services/analytics_api/answers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "lib/telemetry/catalog_behavior.h"

namespace gm::analytics_api {
namespace {

// About what an answer takes in memory.
size_t bytes_of(const query::MetricAnswer& answer) {
  return sizeof answer + answer.points.size() * sizeof(query::Point);
}

size_t bytes_of(const query::RetentionAnswer& answer) {
  size_t bytes = sizeof answer + answer.average.size() * sizeof(query::RetentionAverage);
  for (const query::Cohort& cohort : answer.cohorts) {
    bytes += sizeof cohort + cohort.cells.size() * sizeof(query::RetentionCell);
  }
  return bytes;
}

size_t bytes_of(const query::TopEventsAnswer& answer) {
  size_t bytes = sizeof answer;
  for (const query::EventCount& row : answer.rows) bytes += sizeof row + row.event.size();
  return bytes;
}

size_t bytes_of(const query::TableAnswer& answer) {
  size_t bytes = sizeof answer + answer.facts.size() * sizeof(answer.facts[0]);
  for (const query::AnswerTable& table : answer.tables) {
    for (const auto& row : table.rows) {
      bytes += sizeof row + row.size() * sizeof(store::Value);
      for (const store::Value& value : row) {
        if (const auto* text = std::get_if<std::string>(&value)) bytes += text->size();
      }
    }
  }
  return bytes;
}

std::string days_text(query::DateRange range) { return range.from.to_string() + ".." + range.to.to_string(); }

}  // namespace

// What a kept answer says of its time is true now as well when nothing has changed since: it is given anew.
template <typename T, typename Ask>
Result<Fresh<T>> Answers::kept(const query::Scope& scope, const std::string& question, const CacheUse& use,
                               Ask ask) const {
  // Zone and currency belong to what is asked: a project's may be changed.
  const std::string key = fmt::format("{}\n{}\n{}", scope.zone.name(), scope.currency, question);
  const auto found = cache_.get(scope.project, key, scope.now_ms, use, [&]() -> Result<AnswerCache::Computed> {
    auto answer = ask();
    if (!answer) return answer.error();
    const size_t bytes = bytes_of(*answer);
    return AnswerCache::Computed{std::make_shared<const T>(std::move(*answer)), bytes};
  });
  if (!found) return found.error();
  Fresh<T> fresh{*std::static_pointer_cast<const T>(found->answer), found->freshness};
  if (found->freshness.cached && found->freshness.current) fresh.answer.explanation.as_of_ms = scope.as_of_ms;
  return fresh;
}

Result<Fresh<query::MetricAnswer>> Answers::metric(const query::Metric& metric, const query::Scope& scope,
                                                   query::DateRange range, const CacheUse& use) const {
  return kept<query::MetricAnswer>(scope, fmt::format("metric {} {}", metric.name, days_text(range)), use, [&] {
    return query::has_daily_sums(metric) ? queries_.metric(metric, scope, range)
                                         : analyst_.metric_by_day(metric, scope, range);
  });
}

Result<Fresh<query::RetentionAnswer>> Answers::retention(const query::Scope& scope, query::DateRange range,
                                                         const std::vector<int>& days, const CacheUse& use) const {
  const std::string question = fmt::format("retention {} {}", days_text(range), fmt::join(days, ","));
  return kept<query::RetentionAnswer>(scope, question, use, [&] { return queries_.retention(scope, range, days); });
}

Result<Fresh<query::TopEventsAnswer>> Answers::top_events(const query::Scope& scope, query::DateRange range, int limit,
                                                          const CacheUse& use) const {
  return kept<query::TopEventsAnswer>(scope, fmt::format("top_events {} {}", days_text(range), limit), use,
                                      [&] { return queries_.top_events(scope, range, limit); });
}

Result<Fresh<query::TableAnswer>> Answers::question(std::string_view kind, const std::string& text,
                                                    const query::Question& question, const query::Scope& scope,
                                                    const CacheUse& use) const {
  auto fresh = kept<query::TableAnswer>(scope, fmt::format("question {} {}", kind, text), use,
                                        [&] { return analyst_.answer(question, scope); });
  if (fresh && !fresh->freshness.cached) {
    const query::Explanation& explanation = fresh->answer.explanation;
    telemetry_.counter(telemetry::kQueryEngine, {kind, explanation.engine, explanation.engine_reason}).add();
  }
  return fresh;
}

}  // namespace gm::analytics_api
