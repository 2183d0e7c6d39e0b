#include "services/event_ingestion/dialects/posthog/posthog_dialect.h"

#include <algorithm>

#include "services/event_ingestion/decoding/error_status.h"
#include "services/event_ingestion/dialects/posthog/posthog_decoder.h"
#include "services/event_ingestion/dialects/posthog/posthog_forms.h"

namespace gm::event_ingestion {
namespace {

bool asks_for_flags(std::string_view path) { return path.starts_with("/flags") || path.starts_with("/decide"); }
bool asks_for_configuration(std::string_view path) { return path.starts_with("/array/"); }
bool brings_recording(std::string_view path) { return path == "/s" || path == "/s/"; }

// Nothing that is an event: answered without a key.
bool is_open(std::string_view path) {
  return asks_for_flags(path) || asks_for_configuration(path) || brings_recording(path);
}

// A key that was pasted with blanks is still the key.
std::string trimmed(std::string_view key) {
  constexpr std::string_view kBlank = " \t\r\n";
  const size_t first = std::min(key.find_first_not_of(kBlank), key.size());
  return std::string(key.substr(first, key.find_last_not_of(kBlank) + 1 - first));
}

}  // namespace

std::vector<Endpoint> PosthogDialect::endpoints() const {
  std::vector<Endpoint> made;
  for (const char* path : {"/batch/", "/batch", "/capture", "/capture/", "/e", "/e/", "/i/v0/e", "/i/v0/e/", "/flags",
                           "/flags/", "/decide", "/decide/", "/s", "/s/"}) {
    made.push_back({http::Method::post, path});
  }
  for (const char* path : {"/capture", "/capture/", "/e", "/e/", "/i/v0/e", "/i/v0/e/"})
    made.push_back({http::Method::get, path});
  made.push_back({http::Method::get, "/array/{token}/config"});
  return made;
}

bool PosthogDialect::says_gzip(const http::Request& request) const { return posthog_query_says_gzip(request); }

Result<Decoded> PosthogDialect::decode(const Call& call, const IngestSettings& limits) const {
  const http::Request& request = call.request;
  Decoded decoded{DecodedBatch({ProjectId(), source(), false, request.received_ms, 0}), {}};
  decoded.open = is_open(request.path);
  if (decoded.open) return decoded;
  std::string unwrapped;
  const auto json = unwrap_posthog_body(request, call.body, unwrapped);
  if (!json) return json.error();
  std::string_view body = *json;
  if (!unwrapped.empty()) body = decoded.texts.keep(std::move(unwrapped)).substr(0, body.size());
  auto batch = decode_posthog({body, ProjectId(), request.received_ms, posthog_sent_ms(request)}, limits);
  if (!batch) return batch.error();
  decoded.batch = std::move(batch->batch);
  decoded.credential.key = trimmed(batch->token);
  return decoded;
}

http::Response PosthogDialect::stored(const Call& call, const DecodedBatch& /*batch*/) const {
  if (asks_for_flags(call.request.path)) return posthog_no_flags();
  if (asks_for_configuration(call.request.path)) return posthog_config();
  if (brings_recording(call.request.path)) return posthog_no_recordings();
  http::Response response;
  response.body = R"({"status":1})";
  return response;
}

http::Response PosthogDialect::refused(const http::Request& /*request*/, const Error& error) const {
  http::Response response;
  response.status = status_of(error.code) == 403 ? 401 : status_of(error.code);
  response.content_type = "text/plain; charset=utf-8";
  response.body = error.message;
  return response;
}

}  // namespace gm::event_ingestion
