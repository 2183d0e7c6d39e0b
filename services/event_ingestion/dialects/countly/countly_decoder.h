#pragma once
// Countly's protocol: one request (/i) or a list of them (/i/bulk).

#include "services/event_ingestion/decoding/decode_input.h"
#include "services/event_ingestion/decoding/event_reader.h"

namespace gm::event_ingestion {

struct CountlyBatch {
  DecodedBatch batch;
  std::string app_key;  // of the requests; empty: none
};

// Body: an object of fields, or a list of such. `kept` takes the texts of refused events.
// Errors (of the whole request): gm-body-malformed (also of too many events), gm-key-unknown (several different keys).
Result<CountlyBatch> decode_countly(const DecodeInput& input, const IngestSettings& limits, TextStore& kept);

}  // namespace gm::event_ingestion
