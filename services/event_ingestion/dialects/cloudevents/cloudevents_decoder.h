#pragma once
// The three modes of the CloudEvents HTTP binding
// (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md).

#include <optional>

#include "services/event_ingestion/decoding/dialect.h"

namespace gm::event_ingestion {

enum class CloudEventsMode : uint8_t { binary, structured, batched };
// By the prefix of Content-Type. nullopt: a structured or batched form other than JSON.
std::optional<CloudEventsMode> cloudevents_mode(const http::Request& request);

// Errors: gm-content-type-unsupported, gm-body-malformed, gm-batch-too-large.
Result<DecodedBatch> decode_cloudevents(const Call& call, const IngestSettings& limits, TextStore& texts);

}  // namespace gm::event_ingestion
