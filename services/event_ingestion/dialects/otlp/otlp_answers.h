#pragma once
// OTLP's answers, in the encoding of the request.

#include "lib/http/message.h"
#include "services/event_ingestion/decoding/batch_builder.h"

namespace gm::event_ingestion {

// By Content-Type; without one, by the first byte of the body. nullopt: some other type.
enum class OtlpEncoding : uint8_t { json, protobuf };
std::optional<OtlpEncoding> otlp_encoding(const http::Request& request, std::string_view body);

Error otlp_too_many(const IngestSettings& limits);
// ExportLogsServiceResponse: empty, or partialSuccess with the number of refused records and why.
http::Response otlp_stored(OtlpEncoding encoding, const DecodedBatch& batch);
// google.rpc.Status with its message.
http::Response otlp_error(OtlpEncoding encoding, int status, std::string_view message);

}  // namespace gm::event_ingestion
