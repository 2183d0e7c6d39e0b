#include "services/event_ingestion/dialects/posthog/posthog_v1_dialect.h"

#include <nlohmann/json.hpp>

#include "lib/base/time.h"
#include "services/event_ingestion/decoding/error_status.h"
#include "services/event_ingestion/dialects/posthog/posthog_v1_decoder.h"

namespace gm::event_ingestion {
namespace {

constexpr std::string_view kErrorPage = "/docs/errors#";

// Beside "Authorization", which is asked for as the key.
constexpr std::string_view kRequired[] = {"PostHog-Sdk-Info", "PostHog-Attempt", "PostHog-Request-Id",
                                          "PostHog-Request-Timestamp"};

// PostHog's word where it has one, else ours: "gm-log-unavailable" is "log_unavailable".
std::string tag_of(std::string_view code) {
  if (code == "gm-header-missing") return "missing_required_headers";
  if (code == "gm-batch-empty") return "empty_batch";
  std::string tag(code.starts_with("gm-") ? code.substr(3) : code);
  for (char& c : tag) c = c == '-' ? '_' : c;
  return tag;
}

}  // namespace

std::vector<Endpoint> PosthogV1Dialect::endpoints() const {
  return {{http::Method::post, "/i/v1/analytics/events"}, {http::Method::post, "/i/v1/analytics/events/"}};
}

security::Credential PosthogV1Dialect::credential(const Call& call) const {
  return {std::string(security::KeyRing::bearer(call.request.header("authorization")))};
}

Result<Decoded> PosthogV1Dialect::decode(const Call& call, const IngestSettings& limits) const {
  const http::Request& request = call.request;
  auto key = credential(call);
  if (key.key.empty()) return Error{"gm-key-missing", "no key was given; send it as 'Authorization: Bearer gm_wk_...'"};
  for (const std::string_view name : kRequired) {
    if (request.header(name).empty())
      return Error{"gm-header-missing", "the header " + std::string(name) + " is missing"};
  }
  const int64_t sent_ms = parse_iso8601_ms(request.header("posthog-request-timestamp")).value_or(0);
  auto batch = decode_posthog_v1({call.body, ProjectId(), request.received_ms, sent_ms},
                                 request.header("posthog-sdk-info"), limits);
  if (!batch) return batch.error();
  return Decoded{std::move(*batch), std::move(key)};
}

// An event that is not named is plainly ok.
http::Response PosthogV1Dialect::stored(const Call& /*call*/, const DecodedBatch& batch) const {
  nlohmann::ordered_json results = nlohmann::ordered_json::object();
  for (const EventVerdict& one : batch.verdicts) {
    if (!one.id) continue;
    const TagDeclaration& tag = declaration_of(one.tag);
    results[one.id->to_string()] = {{"result", verdict_name(tag.verdict)}, {"details", tag.name}};
  }
  http::Response response;
  response.body = nlohmann::ordered_json{{"results", std::move(results)}}.dump();
  return response;
}

http::Response PosthogV1Dialect::refused(const http::Request& /*request*/, const Error& error) const {
  http::Response response;
  response.status = status_of(error.code) == 403 ? 401 : status_of(error.code);
  response.body = nlohmann::ordered_json{{"error", tag_of(error.code)},
                                         {"error_description", error.message},
                                         {"error_uri", std::string(kErrorPage) + error.code}}
                      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return response;
}

}  // namespace gm::event_ingestion
