#include "services/event_ingestion/dialects/native/native_dialect.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "lib/http/header_text.h"
#include "services/event_ingestion/decoding/error_status.h"
#include "services/event_ingestion/dialects/native/native_decoder.h"
#include "services/event_ingestion/dialects/native/ndjson_decoder.h"

namespace gm::event_ingestion {
namespace {

constexpr size_t kPlainAnswerBytes = 104;  // with a trace id of 32 and a count of 10 digits

bool is_ndjson(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find_first_of("; "));
  return http::equals_ignoring_case(type, "application/x-ndjson") ||
         http::equals_ignoring_case(type, "application/ndjson");
}

}  // namespace

std::vector<Endpoint> NativeDialect::endpoints() const { return {{http::Method::post, "/v1/events"}}; }

security::Credential NativeDialect::credential(const Call& call) const {
  return {std::string(security::KeyRing::bearer(call.request.header("authorization")))};
}

Result<Decoded> NativeDialect::decode(const Call& call, const IngestSettings& limits) const {
  const DecodeInput input{call.body, ProjectId(), call.request.received_ms, 0};
  auto batch = is_ndjson(call.request.header("content-type"))
                   ? decode_ndjson(input, call.request.query_parameter("historical") == "true", limits)
                   : decode_native(input, limits);
  if (!batch) return batch.error();
  return Decoded{std::move(*batch), credential(call)};
}

http::Response NativeDialect::stored(const Call& call, const DecodedBatch& batch) const {
  http::Response response;
  const std::string_view request_id = call.request.trace_id;
  const size_t rejected = batch.refused.size();
  if (batch.verdicts.empty()) {
    // By hand: nearly every answer there is, and a formatter's pass costs as much as a whole event.
    response.body.reserve(kPlainAnswerBytes);
    response.body += R"({"request_id":")";
    response.body += request_id;
    response.body += R"(","accepted":)";
    response.body += fmt::format_int(batch.events).c_str();
    response.body += R"(,"rejected":0,"results":[]})";
    return response;
  }
  nlohmann::ordered_json results = nlohmann::ordered_json::array();
  for (const EventVerdict& one : batch.verdicts) {
    const TagDeclaration& tag = declaration_of(one.tag);
    results.push_back({{"index", one.index},
                       {"event_id", one.id ? nlohmann::ordered_json(one.id->to_string()) : nlohmann::ordered_json()},
                       {"verdict", verdict_name(tag.verdict)},
                       {"tag", tag.name},
                       {"detail", tag.prose}});
  }
  response.body = fmt::format(R"({{"request_id":"{}","accepted":{},"rejected":{},"results":{}}})", request_id,
                              batch.events - rejected, rejected, results.dump());
  return response;
}

http::Response NativeDialect::refused(const http::Request& request, const Error& error) const {
  return http::problem(status_of(error.code), error.code, error.message, request.trace_id);
}

}  // namespace gm::event_ingestion
