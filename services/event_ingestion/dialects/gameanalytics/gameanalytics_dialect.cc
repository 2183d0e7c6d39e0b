#include "services/event_ingestion/dialects/gameanalytics/gameanalytics_dialect.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lib/codec/text_codecs.h"
#include "services/event_ingestion/decoding/error_status.h"
#include "services/event_ingestion/dialects/gameanalytics/gameanalytics_decoder.h"

namespace gm::event_ingestion {
namespace {

constexpr std::string_view kConfigurationPath = "/remote_configs/v1/init";

bool asks_for_configuration(std::string_view path) { return path == kConfigurationPath; }
bool is_init(std::string_view path) { return path.ends_with("/init"); }

// There is no remote configuration here yet: an SDK that still has some of another server is told that it is gone.
// Without a server_ts above zero SDKs refuse to start.
http::Response init_answer(const http::Request& request) {
  http::Response response;
  nlohmann::ordered_json body{{"server_ts", std::max<int64_t>(1, request.received_ms / 1000)}};
  if (!asks_for_configuration(request.path)) {
    body["enabled"] = true;
    body["flags"] = nlohmann::ordered_json::array();
  } else if (!request.query_parameter("configs_hash").empty()) {
    response.status = 201;
    body["configs"] = nlohmann::ordered_json::array();
    for (const char* name : {"configs_hash", "ab_id", "ab_variant_id"}) body[name] = "";
  }
  response.body = body.dump();
  return response;
}

// An SDK's report about itself names no player and is kept among the rejected events. Told that it failed, the SDK
// would never stop reporting: it counts the ones that arrived.
bool is_report_of_sdk(const RefusedEvent& event) {
  return event.tag == Tag::player_id_missing && event.raw.find("\"sdk_error\"") != std::string_view::npos;
}

nlohmann::ordered_json error_entry(const TagDeclaration& tag) {
  return {{"error_type", tag.name}, {"reason", tag.prose}};
}

// Worth another attempt of the same bytes.
bool is_passing(int status) { return status == 408 || status == 429 || status >= 500; }

}  // namespace

std::vector<Endpoint> GameAnalyticsDialect::endpoints() const {
  return {{http::Method::post, "/v2/{game_key}/events"},
          {http::Method::post, "/v2/{game_key}/init"},
          {http::Method::post, std::string(kConfigurationPath)}};
}

security::Credential GameAnalyticsDialect::credential(const Call& call) const {
  const http::Request& request = call.request;
  security::Credential found;
  if (asks_for_configuration(request.path)) {
    found.key = request.query_parameter("game_key");
  } else if (!request.path_parameters.empty()) {
    found.key = request.path_parameters.front();
  }
  const std::string_view signature = request.header("authorization");
  // What is no base64 is no signature either, but it was not left out.
  found.signature = codec::base64_decode(signature).value_or(std::string(signature));
  found.signed_bytes = request.body;
  return found;
}

Result<Decoded> GameAnalyticsDialect::decode(const Call& call, const IngestSettings& limits) const {
  const int64_t received_ms = call.request.received_ms;
  if (is_init(call.request.path))
    return Decoded{DecodedBatch({ProjectId(), source(), false, received_ms, 0}), credential(call)};
  auto batch = decode_gameanalytics({call.body, ProjectId(), received_ms, 0}, limits);
  if (!batch) return batch.error();
  return Decoded{std::move(*batch), credential(call)};
}

http::Response GameAnalyticsDialect::stored(const Call& call, const DecodedBatch& batch) const {
  if (is_init(call.request.path)) return init_answer(call.request);
  http::Response response;
  response.body = "{}";
  if (std::all_of(batch.refused.begin(), batch.refused.end(), is_report_of_sdk)) return response;
  // All of the batch is stored or kept with its reason. The status is for the SDK's own log, in which a developer sees
  // that something was wrong; with it, too, the SDK forgets the events.
  auto errors = nlohmann::ordered_json::array();
  for (const EventVerdict& one : batch.verdicts) {
    const TagDeclaration& tag = declaration_of(one.tag);
    if (tag.verdict != Verdict::drop) continue;
    errors.push_back({{"index", one.index}, {"errors", nlohmann::ordered_json::array({error_entry(tag)})}});
  }
  response.status = 400;
  response.body = errors.dump();
  return response;
}

http::Response GameAnalyticsDialect::refused(const http::Request& /*request*/, const Error& error) const {
  http::Response response;
  response.status = status_of(error.code) == 403 ? 401 : status_of(error.code);
  if (is_passing(response.status)) {
    response.content_type.clear();
    return response;
  }
  // SDKs parse what they get before they look at the status, and with 400 expect a list.
  nlohmann::ordered_json reason{{"error_type", error.code}, {"reason", error.message}};
  const nlohmann::ordered_json body =
      response.status == 400
          ? nlohmann::ordered_json::array({{{"errors", nlohmann::ordered_json::array({std::move(reason)})}}})
          : std::move(reason);
  response.body = body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return response;
}

}  // namespace gm::event_ingestion
