#pragma once
// The Snowplow tracker protocol, version 2: POST bodies (payload_data) and the query of a pixel.

#include "services/event_ingestion/decoding/decode_input.h"
#include "services/event_ingestion/dialects/snowplow/snowplow_event.h"

namespace gm::event_ingestion {

struct SnowplowBatch {
  DecodedBatch batch;
  std::string app_id;  // `aid` of the events, which is the write key; empty: none
};

// Body: {"schema": "iglu:.../payload_data/...", "data": [event, ...]} or, of a pixel, one event.
// Errors (of the whole request): gm-body-malformed, gm-batch-empty, gm-batch-too-large, gm-key-unknown (several
// different keys).
Result<SnowplowBatch> decode_snowplow(const DecodeInput& input, const SnowplowSender& sender,
                                      const IngestSettings& limits);

}  // namespace gm::event_ingestion
