#pragma once
// Private to this folder: GraphQL over HTTP (the working draft of the GraphQL-over-HTTP specification).

#include <functional>
#include <variant>

#include "lib/base/clock.h"
#include "lib/http/message.h"
#include "services/analytics_api/graphql_schema.h"

namespace gm::analytics_api {

// Everything, and what the functions hold, outlives the router.
struct GraphqlDependencies {
  const query::Queries& queries;
  const query::Analyst& analyst;
  store::LiveState& live;
  const Clock& clock;
  telemetry::Registry& telemetry;
  const PipelineStatus& pipeline;
  std::function<std::variant<security::Principal, http::Response>(const http::Request&)> authorise;
  std::function<Result<Caller>(security::Principal)> caller_of;
  std::function<query::Scope(const Caller&)> scope_of;
  int range_days_max = 0;
  GraphqlSettings settings;
};

// Adds GET and POST /graphql.
void register_graphql(http::Router& router, GraphqlDependencies dependencies);

}  // namespace gm::analytics_api
