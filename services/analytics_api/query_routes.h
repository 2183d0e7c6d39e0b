#pragma once
// The questions of a project that are being answered, and how one is cancelled: docs/reference/exports.md.

#include "lib/identity/project_access.h"
#include "services/analytics_api/analytics_api.h"
#include "services/analytics_api/running_queries.h"

namespace gm::analytics_api {

// Everything outlives the router.
struct QueryRoutesDependencies {
  store::MetadataStore& metadata;
  const security::KeyRing& keys;
  const Clock& clock;
  telemetry::Registry& telemetry;
  RunningQueries& running;
  const identity::ProjectAccess* people = nullptr;  // null: keys read, nobody else
};

// Adds GET /api/v1/queries and DELETE /api/v1/queries/{id}.
void register_query_routes(http::Router& router, QueryRoutesDependencies dependencies);

}  // namespace gm::analytics_api
