#pragma once
// The Segment dialect's bodies, which RudderStack's clients send, too.

#include <optional>
#include <string>

#include "services/event_ingestion/decoding/decode_input.h"
#include "services/event_ingestion/dialects/segment/segment_kinds.h"

namespace gm::event_ingestion {

// What the path says of the body.
struct SegmentShape {
  bool is_batch = true;             // {"batch": [message, ...], "sentAt", "writeKey", "context"}; else one message
  std::optional<SegmentKind> kind;  // of the one message
  bool historical = false;          // an import
};

struct SegmentBatch {
  DecodedBatch batch;
  std::string write_key;  // as the body carries it; empty: it does not
};

// Errors (of the whole request): gm-body-malformed, gm-batch-empty, gm-batch-too-large, gm-key-unknown (several
// different keys).
Result<SegmentBatch> decode_segment(const DecodeInput& input, const SegmentShape& shape, const IngestSettings& limits);

}  // namespace gm::event_ingestion
