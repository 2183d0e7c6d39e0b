#pragma once
// A project's own SQL: docs/reference/sql.md.

#include <cstdint>

#include "lib/identity/project_access.h"
#include "lib/store/sql_store.h"
#include "services/analytics_api/analytics_api.h"

namespace gm::analytics_api {

struct SqlSettings {
  bool enabled = true;
  store::SqlLimits limits;
  int64_t rows_max = 0;
  int64_t answer_bytes_max = 0;
  int64_t concurrent_max = 0;        // statements of one project at once
  int64_t concurrent_total_max = 0;  // of all projects
  static SqlSettings from(const config::Settings& settings);
};

// Everything outlives the router.
struct SqlDependencies {
  store::SqlStore& store;
  store::MetadataStore& metadata;
  const security::KeyRing& keys;
  const Clock& clock;
  telemetry::Registry& telemetry;
  PipelineStatus pipeline;
  RunningQueries& running;
  Exports& exports;
  SqlSettings settings;
  telemetry::Logger logger = {};
  const identity::ProjectAccess* people = nullptr;  // null: keys read, nobody else
};

// Adds POST /api/v1/sql and GET /api/v1/sql/tables.
void register_sql_routes(http::Router& router, SqlDependencies dependencies);

}  // namespace gm::analytics_api
