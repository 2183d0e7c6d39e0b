#pragma once
// The body of POST /v2/{game_key}/events: a list of events.

#include "services/event_ingestion/decoding/decode_input.h"

namespace gm::event_ingestion {

// Errors (of the whole request): gm-body-malformed, gm-batch-empty, gm-batch-too-large.
Result<DecodedBatch> decode_gameanalytics(const DecodeInput& input, const IngestSettings& limits);

}  // namespace gm::event_ingestion
