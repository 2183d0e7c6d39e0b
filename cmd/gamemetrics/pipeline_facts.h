#pragma once
// How far the pipeline is, for /api/v1/pipeline and the explanation of every number. Counts are of the data directory's
// whole life.

#include <cstdint>

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
  PipelineSource(const log::EventLog& log, telemetry::Counter& duplicates, uint64_t duplicates_before)
      : log_(&log), duplicates_(&duplicates), duplicates_before_(duplicates_before) {}

  const log::EventLog* log_;
  telemetry::Counter* duplicates_;
  uint64_t duplicates_before_;
};

}  // namespace gm::gamemetrics
