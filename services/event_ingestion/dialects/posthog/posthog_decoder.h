#pragma once
// The PostHog dialect, capture protocol v0: /batch/, /capture/, /e/, /i/v0/e/.

#include "services/event_ingestion/decoding/decode_input.h"

namespace gm::event_ingestion {

struct PosthogBatch {
  DecodedBatch batch;
  std::string token;  // the write key, which this dialect carries in the body; empty: none
};

// Body: one event, a list of events, or {"api_key", "batch": [...], "sent_at", "historical_migration"}.
// Errors (of the whole request): gm-body-malformed, gm-batch-empty, gm-batch-too-large, gm-key-unknown (several
// different keys).
Result<PosthogBatch> decode_posthog(const DecodeInput& input, const IngestSettings& limits);

}  // namespace gm::event_ingestion
