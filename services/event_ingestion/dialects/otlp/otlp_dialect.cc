#include "services/event_ingestion/dialects/otlp/otlp_dialect.h"

#include "services/event_ingestion/decoding/error_status.h"
#include "services/event_ingestion/dialects/otlp/otlp_answers.h"
#include "services/event_ingestion/dialects/otlp/otlp_json.h"
#include "services/event_ingestion/dialects/otlp/otlp_protobuf.h"

namespace gm::event_ingestion {

std::vector<Endpoint> OtlpDialect::endpoints() const { return {{http::Method::post, "/v1/logs"}}; }

security::Credential OtlpDialect::credential(const Call& call) const {
  return {std::string(security::KeyRing::bearer(call.request.header("authorization")))};
}

Result<Decoded> OtlpDialect::decode(const Call& call, const IngestSettings& limits) const {
  const auto encoding = otlp_encoding(call.request, call.body);
  if (!encoding) {
    return Error{"gm-content-type-unsupported", "Content-Type must be application/x-protobuf or application/json"};
  }
  const event::BatchInfo info{ProjectId(), source(), false, call.request.received_ms, 0};
  Decoded decoded{DecodedBatch(info), credential(call)};
  OtlpEvents events(limits, info, call.body.size(), decoded.texts);
  const Status status =
      *encoding == OtlpEncoding::json ? read_otlp_json(call.body, events) : read_otlp_protobuf(call.body, events);
  if (!status) return status.error();
  decoded.batch = std::move(events).finish();
  return decoded;
}

http::Response OtlpDialect::stored(const Call& call, const DecodedBatch& batch) const {
  return otlp_stored(otlp_encoding(call.request, call.body).value_or(OtlpEncoding::json), batch);
}

http::Response OtlpDialect::refused(const http::Request& request, const Error& error) const {
  // An exporter sends again after 429, 502, 503 and 504 only: a body that came too slowly deserves it, too.
  const int status = status_of(error.code);
  return otlp_error(otlp_encoding(request, "{").value_or(OtlpEncoding::json), status == 408 ? 503 : status,
                    error.message);
}

}  // namespace gm::event_ingestion
