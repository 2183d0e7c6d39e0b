#pragma once
// The counters of ingestion, looked up once.

#include <string_view>

#include "lib/event/event.h"
#include "lib/telemetry/catalog.h"
#include "services/event_ingestion/decoding/batch_builder.h"

namespace gm::event_ingestion {

// One dialect's counters.
class IngestMetrics {
 public:
  IngestMetrics(telemetry::Registry& registry, event::Source source)
      : registry_(registry),
        source_(event::source_name(source)),
        accepted_(registry.counter(telemetry::kIngestEvents, {source_, "accepted"})),
        rejected_(registry.counter(telemetry::kIngestEvents, {source_, "rejected"})),
        requests_ok_(registry.counter(telemetry::kIngestRequests, {source_, "ok"})) {}

  void stored(std::string_view outcome, uint32_t accepted, const std::vector<Tag>& refused,
              const std::vector<Tag>& warned) {
    outcome == "ok" ? requests_ok_.add() : failed(outcome);
    if (accepted > 0) accepted_.add(accepted);
    for (const Tag tag : warned) registry_.counter(telemetry::kIngestWarnings, {declaration_of(tag).name}).add();
    if (refused.empty()) return;
    rejected_.add(refused.size());
    for (const Tag tag : refused) registry_.counter(telemetry::kIngestRejected, {declaration_of(tag).name}).add();
  }
  void throttled(uint32_t events) { registry_.counter(telemetry::kIngestEvents, {source_, "throttled"}).add(events); }
  void failed(std::string_view code) { registry_.counter(telemetry::kIngestRequests, {source_, code}).add(); }
  void unauthorised(std::string_view code) { registry_.counter(telemetry::kAuthFailures, {code}).add(); }

 private:
  telemetry::Registry& registry_;
  const std::string_view source_;
  telemetry::Counter& accepted_;
  telemetry::Counter& rejected_;
  telemetry::Counter& requests_ok_;
};

}  // namespace gm::event_ingestion
