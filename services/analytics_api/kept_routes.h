#pragma once
// What people keep about a project: docs/reference/kept.md.

#include "lib/identity/project_access.h"
#include "lib/store/kept_store.h"
#include "services/analytics_api/analytics_api.h"

namespace gm::analytics_api {

struct KeptSettings {
  int64_t items_max = 0;  // of one kind in one project
  size_t item_bytes_max = 0;
  static KeptSettings from(const config::Settings& settings);
};

// Everything outlives the router.
struct KeptRoutesDependencies {
  store::KeptStore& kept;
  store::MetadataStore& metadata;
  const security::KeyRing& keys;
  const Clock& clock;
  telemetry::Registry& telemetry;
  KeptSettings settings;
  const identity::ProjectAccess* people = nullptr;  // null: keys, nobody else
};

// Adds GET /api/v1/kept/{kind}, PUT and DELETE /api/v1/kept/{kind}/{id}.
void register_kept_routes(http::Router& router, KeptRoutesDependencies dependencies);

}  // namespace gm::analytics_api
