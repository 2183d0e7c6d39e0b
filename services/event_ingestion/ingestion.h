#pragma once
// The ingestion service: from a request to a durable record and an answer.
//
// Thread-safe; handlers run on network threads and never block. What is answered with success is durable: accepted
// events in events.raw, refused ones with their reason in events.rejected.

#include <memory>

#include "lib/base/clock.h"
#include "lib/http/byte_budget.h"
#include "lib/http/message.h"
#include "lib/log/event_log.h"
#include "lib/security/erased_ids.h"
#include "lib/security/keys.h"
#include "lib/telemetry/metrics.h"
#include "services/event_ingestion/client_address.h"
#include "services/event_ingestion/decoding/ingest_settings.h"
#include "services/event_ingestion/key_limiter.h"

namespace gm::event_ingestion {

// Everything outlives the service and its pending answers.
struct Dependencies {
  log::EventLog& log;
  const security::KeyRing& keys;
  telemetry::Registry& registry;
  http::ByteBudget& budget;  // shared with the HTTP server; decompressed bodies are taken from it too
  const Clock& clock;
  TrustedProxies proxies = {};
  const security::ErasedIds* erased = nullptr;  // null: nobody
};

class Ingestion {
 public:
  Ingestion(const IngestSettings& settings, const KeyLimits& key_limits, Dependencies dependencies);
  ~Ingestion();

  // The paths of all dialects, and OPTIONS of all of them. Called once, before the server starts.
  void register_routes(http::Router& router);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gm::event_ingestion
