#pragma once
// OTLP's binary encoding: ExportLogsServiceRequest of opentelemetry/proto/collector/logs/v1/logs_service.proto.

#include "lib/base/result.h"
#include "services/event_ingestion/dialects/otlp/otlp_events.h"

namespace gm::event_ingestion {

// Errors: gm-body-malformed, gm-batch-too-large.
Status read_otlp_protobuf(std::string_view body, OtlpEvents& events);

}  // namespace gm::event_ingestion
