#pragma once
// Private to this folder: the answers that REST and GraphQL share, kept while they are true.

#include <string>
#include <string_view>
#include <vector>

#include "lib/query/analysis/analyst.h"
#include "lib/query/queries.h"
#include "lib/telemetry/metrics.h"
#include "services/analytics_api/answer_cache.h"

namespace gm::analytics_api {

template <typename T>
struct Fresh {
  T answer;
  Freshness freshness;
};

// Safe to use from several threads. Errors: those of Queries and Analyst.
class Answers {
 public:
  // All outlive this.
  Answers(const query::Queries& queries, const query::Analyst& analyst, AnswerCache& cache,
          telemetry::Registry& telemetry)
      : queries_(queries), analyst_(analyst), cache_(cache), telemetry_(telemetry) {}

  // Metrics without daily sums are made from the events themselves.
  Result<Fresh<query::MetricAnswer>> metric(const query::Metric& metric, const query::Scope& scope,
                                            query::DateRange range, const CacheUse& use) const;
  Result<Fresh<query::RetentionAnswer>> retention(const query::Scope& scope, query::DateRange range,
                                                  const std::vector<int>& days, const CacheUse& use) const;
  Result<Fresh<query::TopEventsAnswer>> top_events(const query::Scope& scope, query::DateRange range, int limit,
                                                   const CacheUse& use) const;
  // `text` is the question as JSON with its members in order: equal texts are equal questions. Counts which engine
  // answered what was not kept.
  Result<Fresh<query::TableAnswer>> question(std::string_view kind, const std::string& text,
                                             const query::Question& question, const query::Scope& scope,
                                             const CacheUse& use) const;

 private:
  template <typename T, typename Ask>
  Result<Fresh<T>> kept(const query::Scope& scope, const std::string& question, const CacheUse& use, Ask ask) const;

  const query::Queries& queries_;
  const query::Analyst& analyst_;
  AnswerCache& cache_;
  telemetry::Registry& telemetry_;
};

}  // namespace gm::analytics_api
