#pragma once
// Private to this folder: a rule's numbers, period by period.

#include <cstdint>
#include <functional>
#include <vector>

#include "lib/query/analysis/analyst.h"
#include "lib/store/metadata_store.h"
#include "lib/store/schema_declarations.h"
#include "services/notifications/judgement.h"

namespace gm::notifications {

struct Reading {
  TimeZone zone = TimeZone::utc();
  std::vector<Period> periods;  // the last one is to be judged
};

// What is counted until when: events received until then are in the answers.
using CountedUntil = std::function<int64_t(const store::Project& project, int64_t now_ms)>;

class MetricReader {
 public:
  virtual ~MetricReader() = default;
  // Errors: those of query::Analyst, gm-project-unknown, gm-time-zone-unknown, gm-metadata-unavailable.
  virtual Result<Reading> read(ProjectId project, const RuleDefinition& definition, int64_t now_ms) const = 0;
};

class StoreReader final : public MetricReader {
 public:
  struct Dependencies {
    store::AnalyticsStore& store;
    store::MetadataStore& metadata;
    behavior::BehaviorIndex* behavior;  // null: off
    store::SchemaDeclarations& declarations;
    CountedUntil counted_until;
    query::QuerySettings query;
  };
  // A period is judged when it has ended `settle_ms` ago: senders gather events before they send them.
  StoreReader(Dependencies dependencies, int64_t settle_ms);
  Result<Reading> read(ProjectId project, const RuleDefinition& definition, int64_t now_ms) const override;

 private:
  // What a rule is read by.
  struct Look {
    store::Project project;
    TimeZone zone;
    int64_t now_ms, as_of_ms;
    int64_t cutoff_ms;  // what has ended by then is judged, or what began by then
  };
  Result<std::vector<Period>> periods_of_metric(const RuleDefinition& definition, const Look& look) const;
  Result<std::vector<Period>> periods_of_refusals(const RuleDefinition& definition, const Look& look) const;
  Result<int64_t> refusals(ProjectId project, int64_t from_ms, int64_t until_ms) const;
  Result<double> value_of_now(const RuleDefinition& definition, const Look& look) const;
  const Dependencies d_;
  const int64_t settle_ms_;
  const query::Analyst analyst_;
};

// The first day whose numbers are needed, and the last. `cutoff_ms`: see read().
query::DateRange days_needed(const RuleDefinition& definition, const TimeZone& zone, int64_t cutoff_ms);
// Of an answer's bucket; `end_ms` behind the period.
struct Bucket {
  Period period;
  int64_t end_ms = 0;
};
Bucket bucket_of(query::Interval window, const TimeZone& zone, const store::Value& start);
// The periods that a rule compares, the oldest first, for a count that is made period by period.
std::vector<Bucket> buckets_compared(const RuleDefinition& definition, const TimeZone& zone, int64_t cutoff_ms);

}  // namespace gm::notifications
