#pragma once
// Private to this folder: schemas/analytics.graphql with a resolver for every field.

#include <memory>

#include "lib/graphql/schema.h"
#include "lib/query/event_schema.h"
#include "lib/query/queries.h"
#include "lib/store/live_state.h"
#include "services/analytics_api/analytics_api.h"
#include "services/analytics_api/answers.h"
#include "services/analytics_api/caller.h"
#include "services/analytics_api/subscriptions/sources.h"

namespace gm::analytics_api {

// The text of schemas/analytics.graphql.
extern const std::string_view kAnalyticsSdl;

// What the resolvers of one operation work on. Everything outlives it.
struct GraphqlContext {
  const query::Queries& queries;
  const Answers& answers;
  const query::Analyst& analyst;
  CacheUse cache_use;
  const query::EventSchema& event_schema;
  store::LiveState& live;
  const PipelineStatus& pipeline;
  const Caller& caller;
  query::Scope scope;
  int range_days_max = 0;
  LiveQueueLimits live_queue;  // of a subscription's events
};

// Arguments that a query's field and a subscription's share. Errors: gm-query-invalid, gm-metric-unknown.
Result<const query::Metric*> named_metric(const graphql::Call& call);
// The last `days` days, today included.
Result<query::DateRange> recent_days(const graphql::Call& call);

// Throws std::logic_error when text and resolvers do not fit each other, which a test finds.
std::unique_ptr<const graphql::Schema> make_graphql_schema();

}  // namespace gm::analytics_api
