#include "services/event_ingestion/dialects/cloudevents/cloudevents_dialect.h"

#include <nlohmann/json.hpp>

#include "services/event_ingestion/decoding/error_status.h"
#include "services/event_ingestion/dialects/cloudevents/cloudevents_decoder.h"

namespace gm::event_ingestion {

std::vector<Endpoint> CloudEventsDialect::endpoints() const { return {{http::Method::post, "/v1/cloudevents"}}; }

security::Credential CloudEventsDialect::credential(const Call& call) const {
  return {std::string(security::KeyRing::bearer(call.request.header("authorization")))};
}

Result<Decoded> CloudEventsDialect::decode(const Call& call, const IngestSettings& limits) const {
  Decoded decoded{DecodedBatch({ProjectId(), source(), false, call.request.received_ms, 0}), credential(call)};
  auto batch = decode_cloudevents(call, limits, decoded.texts);
  if (!batch) return batch.error();
  decoded.batch = std::move(*batch);
  return decoded;
}

// A sender of one event looks at the status only; a batch has more to say.
http::Response CloudEventsDialect::stored(const Call& call, const DecodedBatch& batch) const {
  http::Response response;
  if (batch.refused.empty()) {
    response.status = 204;
    return response;
  }
  if (cloudevents_mode(call.request) != CloudEventsMode::batched) {
    const TagDeclaration& tag = declaration_of(batch.refused.front().tag);
    return http::problem(400, "gm-event-refused", std::string(tag.name) + ": " + std::string(tag.prose),
                         call.request.trace_id);
  }
  nlohmann::ordered_json results = nlohmann::ordered_json::array();
  for (const EventVerdict& one : batch.verdicts) {
    const TagDeclaration& tag = declaration_of(one.tag);
    results.push_back(
        {{"index", one.index}, {"verdict", verdict_name(tag.verdict)}, {"tag", tag.name}, {"detail", tag.prose}});
  }
  response.body =
      nlohmann::ordered_json(
          {{"accepted", batch.events - batch.refused.size()}, {"rejected", batch.refused.size()}, {"results", results}})
          .dump();
  return response;
}

http::Response CloudEventsDialect::refused(const http::Request& request, const Error& error) const {
  return http::problem(status_of(error.code), error.code, error.message, request.trace_id);
}

}  // namespace gm::event_ingestion
