#pragma once
// Private to this folder: GraphQL over HTTP (the working draft of the GraphQL-over-HTTP specification) and, for
// subscriptions, over server-sent events (graphql-sse).

#include "services/analytics_api/graphql_engine.h"

namespace gm::analytics_api {

// Adds GET and POST /graphql.
void register_graphql(http::Router& router, GraphqlDependencies dependencies);

}  // namespace gm::analytics_api
