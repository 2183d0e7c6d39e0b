#pragma once
// The Amplitude dialect's bodies.

#include <string>

#include "services/event_ingestion/decoding/decode_input.h"

namespace gm::event_ingestion {

struct AmplitudeBatch {
  DecodedBatch batch;
  std::string api_key;  // empty: the body has none
};

// Body: {"api_key", "events": [...], "client_upload_time"}; "identification" is another name for the list, and either
// may be a single event. `type`: of events that name none themselves.
// Errors (of the whole request): gm-body-malformed, gm-batch-empty, gm-batch-too-large.
Result<AmplitudeBatch> decode_amplitude(const DecodeInput& input, std::string_view type, const IngestSettings& limits);

}  // namespace gm::event_ingestion
