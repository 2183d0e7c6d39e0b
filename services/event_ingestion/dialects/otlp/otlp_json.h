#pragma once
// OTLP's JSON encoding: names in lowerCamelCase, ids in hex, 64-bit integers as strings, unknown members ignored.

#include "lib/base/result.h"
#include "services/event_ingestion/dialects/otlp/otlp_events.h"

namespace gm::event_ingestion {

// Errors: gm-body-malformed, gm-batch-too-large.
Status read_otlp_json(std::string_view body, OtlpEvents& events);

}  // namespace gm::event_ingestion
