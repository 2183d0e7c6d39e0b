#pragma once
// The PostHog dialect, capture protocol v1: /i/v1/analytics/events.

#include "services/event_ingestion/decoding/decode_input.h"

namespace gm::event_ingestion {

// Body: {"created_at", "historical_migration", "batch": [{"event", "uuid", "distinct_id", "timestamp", "session_id",
// "window_id", "options", "properties"}]}. `library` is "name/version" of the client, which v1 says in a header instead
// of in each event. The verdicts name the events by their uuid, the refused ones, too.
// Errors (of the whole request): gm-body-malformed, gm-batch-empty, gm-batch-too-large.
Result<DecodedBatch> decode_posthog_v1(const DecodeInput& input, std::string_view library,
                                       const IngestSettings& limits);

}  // namespace gm::event_ingestion
