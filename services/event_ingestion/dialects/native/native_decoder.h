#pragma once
// The native dialect, POST /v1/events: docs/reference/http-api.md.

#include "services/event_ingestion/decoding/decode_input.h"

namespace gm::event_ingestion {

// Errors (of the whole request): gm-body-malformed, gm-batch-empty, gm-batch-too-large.
Result<DecodedBatch> decode_native(const DecodeInput& input, const IngestSettings& limits);

}  // namespace gm::event_ingestion
