#include "cmd/gamemetrics/pipeline_facts.h"

#include <algorithm>

#include "lib/telemetry/catalog.h"

namespace gm::gamemetrics {

Result<PipelineSource> PipelineSource::open(store::AnalyticsStore& store, const log::EventLog& log,
                                            telemetry::Registry& registry, int64_t timeout_ms) {
  const store::Statement statement{"SELECT coalesce(sum(value), 0)::BIGINT FROM counters WHERE name = 'duplicates'",
                                   {}};
  const auto table = store.run(statement, timeout_ms);
  if (!table) return table.error();
  const uint64_t before = table->rows.empty() ? 0 : static_cast<uint64_t>(store::as_int(table->rows[0][0]));
  return PipelineSource(log, registry.counter(telemetry::kProcessorDuplicates), before);
}

analytics_api::PipelineFacts PipelineSource::facts(const event_processor::Processor& processor) const {
  const event_processor::ProcessorProgress progress = processor.progress();
  analytics_api::PipelineFacts facts;
  facts.log_end = progress.log_end;
  facts.processed = progress.processed;
  facts.rejected_waiting = progress.rejected_waiting;
  // The counter moves a moment after the position does, so that it can be behind, never ahead.
  facts.duplicates = std::min(duplicates_before_ + duplicates_->value(), progress.processed);
  facts.stored = progress.processed - facts.duplicates;
  for (log::Partition p = 0; p < log_->partition_count(log::Topic::events_rejected); ++p)
    facts.rejected += log_->end(log::Topic::events_rejected, p);
  if (progress.last_commit_ms != 0) facts.last_commit_ms = progress.last_commit_ms;
  return facts;
}

}  // namespace gm::gamemetrics
