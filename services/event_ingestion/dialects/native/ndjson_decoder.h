#pragma once
// The native dialect's form for backfills, POST /v1/events with application/x-ndjson: one event a line.

#include "services/event_ingestion/decoding/decode_input.h"

namespace gm::event_ingestion {

// The verdicts' indexes are numbers of lines, from 0; blank lines count as lines, not as events. Errors (of the whole
// request): gm-batch-empty, gm-batch-too-large. A line that is no JSON is a refused event.
Result<DecodedBatch> decode_ndjson(const DecodeInput& input, bool historical, const IngestSettings& limits);

}  // namespace gm::event_ingestion
