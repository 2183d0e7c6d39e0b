#pragma once
// Private to this folder: GraphQL over HTTP (the working draft of the GraphQL-over-HTTP specification), subscriptions
// over server-sent events (graphql-sse), and all of it over a WebSocket (graphql-transport-ws).

#include "lib/http/socket_router.h"
#include "services/analytics_api/graphql_engine.h"

namespace gm::analytics_api {

// Adds GET and POST /graphql, and the WebSocket there unless `sockets` is null.
void register_graphql(http::Router& router, http::SocketRouter* sockets, GraphqlDependencies dependencies);

}  // namespace gm::analytics_api
