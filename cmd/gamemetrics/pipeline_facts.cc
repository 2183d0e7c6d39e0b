#include "cmd/gamemetrics/pipeline_facts.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/telemetry/catalog.h"
#include "services/event_processor/player_links.h"

namespace gm::gamemetrics {

namespace {

Result<uint64_t> number(store::AnalyticsStore& store, const char* sql, int64_t timeout_ms) {
  const auto table = store.run({sql, {}}, timeout_ms);
  if (!table) return table.error();
  return table->rows.empty() ? 0 : static_cast<uint64_t>(store::as_int(table->rows[0][0]));
}

}  // namespace

Result<PipelineSource> PipelineSource::open(store::AnalyticsStore& store, const log::EventLog& log,
                                            telemetry::Registry& registry, int64_t timeout_ms) {
  const auto duplicates =
      number(store, "SELECT coalesce(sum(value), 0)::BIGINT FROM counters WHERE name = 'duplicates'", timeout_ms);
  if (!duplicates) return duplicates.error();
  const std::string undo_lines =
      fmt::format("SELECT count(*) FROM identity_links WHERE kind = {}", static_cast<int>(store::LinkKind::undo));
  const auto undos = number(store, undo_lines.c_str(), timeout_ms);
  if (!undos) return undos.error();
  return PipelineSource(log, {*duplicates, {&registry.counter(telemetry::kProcessorDuplicates)}},
                        {*undos,
                         {&registry.counter(telemetry::kProcessorLinks, {store::kLinkParted}),
                          &registry.counter(telemetry::kProcessorLinks, {event_processor::kLinkNothingToPart})}});
}

uint64_t PipelineSource::Count::value() const {
  uint64_t sum = before;
  for (const telemetry::Counter* counter : since) sum += counter->value();
  return sum;
}

analytics_api::PipelineFacts PipelineSource::facts(const event_processor::Processor& processor) const {
  const event_processor::ProcessorProgress progress = processor.progress();
  analytics_api::PipelineFacts facts;
  facts.log_end = progress.log_end;
  facts.processed = progress.processed;
  facts.rejected_waiting = progress.rejected_waiting;
  // The counters move a moment after the position does, so that they can be behind, never ahead.
  facts.duplicates = std::min(duplicates_.value(), progress.processed);
  facts.stored =
      progress.processed - facts.duplicates - std::min(undos_.value(), progress.processed - facts.duplicates);
  for (log::Partition p = 0; p < log_->partition_count(log::Topic::events_rejected); ++p)
    facts.rejected += log_->end(log::Topic::events_rejected, p);
  if (progress.last_commit_ms != 0) facts.last_commit_ms = progress.last_commit_ms;
  return facts;
}

}  // namespace gm::gamemetrics
