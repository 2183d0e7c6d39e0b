#pragma once
// How far the pipeline is, for /api/v1/pipeline and the explanation of every number. Counts are of the data directory's
// whole life.

#include <cstdint>
#include <utility>
#include <vector>

#include "lib/base/result.h"
#include "lib/log/event_log.h"
#include "lib/store/analytics_store.h"
#include "lib/telemetry/metrics.h"
#include "services/analytics_api/analytics_api.h"
#include "services/event_processor/processor.h"

namespace gm::gamemetrics {

class PipelineSource {
 public:
  // Reads what earlier processes counted; before the processor starts.
  static Result<PipelineSource> open(store::AnalyticsStore& store, const log::EventLog& log,
                                     telemetry::Registry& registry, int64_t timeout_ms);

  // Quick; any thread.
  analytics_api::PipelineFacts facts(const event_processor::Processor& processor) const;

 private:
  // What of a kind was counted by earlier processes, and by this one.
  struct Count {
    uint64_t before = 0;
    std::vector<telemetry::Counter*> since;
    uint64_t value() const;
  };
  PipelineSource(const log::EventLog& log, Count duplicates, Count undos)
      : log_(&log), duplicates_(std::move(duplicates)), undos_(std::move(undos)) {}

  const log::EventLog* log_;
  Count duplicates_;
  Count undos_;  // of links: in the log among the events, but none
};

}  // namespace gm::gamemetrics
