#include "services/event_ingestion/answers.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace gm::event_ingestion {
namespace {

constexpr std::string_view kRetryAfterSeconds = "1";

void add_retry_after(int status, http::Response& response) {
  if (status == 503 || status == 429) response.headers.emplace_back("Retry-After", kRetryAfterSeconds);
}

}  // namespace

int status_of(std::string_view code) {
  if (code == "gm-key-missing" || code == "gm-key-unknown") return 401;
  if (code == "gm-key-wrong-kind") return 403;
  if (code == "gm-batch-too-large" || code == "gm-body-too-large" || code == "gm-decompression-limit") return 413;
  if (code == "gm-encoding-unsupported") return 415;
  if (code == "gm-rate-limited") return 429;
  if (code == "gm-overloaded" || code == "gm-log-unavailable") return 503;
  return 400;
}

http::Response native_stored(const DecodedBatch& batch, std::string_view request_id) {
  http::Response response;
  const size_t rejected = batch.refused.size();
  if (batch.verdicts.empty()) {
    response.body =
        fmt::format(R"({{"request_id":"{}","accepted":{},"rejected":0,"results":[]}})", request_id, batch.events);
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

http::Response native_refused(const Error& error, std::string_view trace_id) {
  const int status = status_of(error.code);
  http::Response response = http::problem(status, error.code, error.message, trace_id);
  add_retry_after(status, response);
  return response;
}

http::Response posthog_stored() {
  http::Response response;
  response.body = R"({"status":1})";
  return response;
}

http::Response posthog_refused(const Error& error) {
  http::Response response;
  response.status = status_of(error.code) == 403 ? 401 : status_of(error.code);
  response.content_type = "text/plain; charset=utf-8";
  response.body = error.message;
  add_retry_after(response.status, response);
  return response;
}

}  // namespace gm::event_ingestion
