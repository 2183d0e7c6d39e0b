#pragma once
// The reading half of the HTTP API: docs/reference/http-api.md, "Reading numbers".

#include <cstdint>
#include <functional>
#include <optional>

#include "lib/base/clock.h"
#include "lib/base/uuid.h"
#include "lib/behavior/behavior_index.h"
#include "lib/config/settings.h"
#include "lib/graphql/service.h"
#include "lib/http/socket_router.h"
#include "lib/query/queries.h"
#include "lib/security/keys.h"
#include "lib/store/analytics_store.h"
#include "lib/store/data_version.h"
#include "lib/store/live_state.h"
#include "lib/store/metadata_store.h"
#include "lib/store/schema_declarations.h"
#include "lib/telemetry/logger.h"
#include "lib/telemetry/metrics.h"
#include "services/analytics_api/declared_documents.h"
#include "services/analytics_api/exports.h"
#include "services/analytics_api/running_queries.h"
#include "services/analytics_api/subscriptions/hub.h"
#include "services/analytics_api/subscriptions/sources.h"
#include "services/analytics_api/web_origins.h"

namespace gm::analytics_api {

// How far the processor is; all counts are of the whole process since its store was made.
struct PipelineFacts {
  uint64_t log_end = 0;    // events made durable
  uint64_t processed = 0;  // of those, how many the processor has applied, duplicates included
  uint64_t stored = 0;
  uint64_t duplicates = 0;
  uint64_t rejected = 0;
  uint64_t rejected_waiting = 0;  // of the rejected: not yet visible; part of the lag
  std::optional<int64_t> last_commit_ms;
};
// Quick, and safe to call from several threads.
using PipelineStatus = std::function<PipelineFacts()>;

// Puts the decision that a link joins nobody into the log; blocks until it is durable. Safe to call from several
// threads.
using UndoLink = std::function<Status(ProjectId project, const Uuid& link)>;

struct SocketSettings {
  size_t sockets_max = 0;
  size_t per_key_max = 0;
  size_t operations_max = 0;  // of one socket, that have not ended
  size_t message_bytes_max = 0;
  int64_t init_timeout_ms = 0;
  int64_t ping_interval_ms = 0;
};

struct GraphqlSettings {
  graphql::ServiceLimits limits;
  int64_t timeout_ms = 0;  // of a whole operation
  HubSettings subscriptions;
  LiveQueueLimits live_queue;
  SocketSettings sockets;
  WebOrigins origins;              // whose pages may subscribe
  bool persisted_only = false;     // nothing but declared documents is run
  size_t persisted_bytes_max = 0;  // of documents that clients have registered
  static GraphqlSettings from(const config::Settings& settings);
};

struct ApiSettings {
  query::QuerySettings query;
  int range_days_max = 0;
  int live_streams_max = 0;
  int64_t live_keep_alive_ms = 0;
  int64_t cache_bytes_max = 0;  // of kept answers; 0: none is kept
  GraphqlSettings graphql;
  size_t schema_declarations_max = 0;  // of a project
  // Precondition: check() is ok.
  static ApiSettings from(const config::Settings& settings);
  // Error gm-origin-invalid.
  static Status check(const config::Settings& settings);
};

// Everything outlives the router.
struct Dependencies {
  store::AnalyticsStore& store;
  store::MetadataStore& metadata;
  store::SchemaDeclarations& declarations;
  store::LiveState& live;
  const security::KeyRing& keys;
  const Clock& clock;
  telemetry::Registry& telemetry;
  PipelineStatus pipeline;
  RunningQueries& running;
  Exports& exports;
  ApiSettings settings;
  UndoLink undo_link = {};
  DeclaredDocuments documents = {};
  telemetry::Logger logger = {};  // every answer of 500 and above is told here, with its trace id and its true cause
  behavior::BehaviorIndex* behavior = nullptr;   // null: SQL answers every question
  http::SocketRouter* sockets = nullptr;         // null: GraphQL is not spoken over WebSockets
  const store::DataVersion* versions = nullptr;  // null: no answer is kept
};

// Adds the routes. What they share (live streams and their timer thread) lives as long as the router keeps the
// handlers.
void register_routes(http::Router& router, Dependencies dependencies);

}  // namespace gm::analytics_api
