#include "services/event_ingestion/dialects/segment/segment_dialect.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "services/event_ingestion/decoding/error_status.h"
#include "services/event_ingestion/dialects/segment/segment_decoder.h"
#include "services/event_ingestion/dialects/segment/segment_forms.h"

namespace gm::event_ingestion {
namespace {

constexpr std::string_view kBatchPaths[] = {"/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch"};

bool is_batch_path(std::string_view path) {
  return std::find(std::begin(kBatchPaths), std::end(kBatchPaths), path) != std::end(kBatchPaths);
}
bool is_pixel(std::string_view path) { return path.starts_with("/v1/pixel/") || path.starts_with("/pixel/v1/"); }
bool asks_for_settings(std::string_view path) { return path.starts_with("/v1/projects/"); }
bool asks_for_source(std::string_view path) { return path.starts_with("/sourceConfig"); }

SegmentShape shape_of(std::string_view path) {
  SegmentShape shape;
  shape.is_batch = is_batch_path(path);
  shape.historical = path == "/v1/import";
  if (shape.is_batch) return shape;
  const SegmentKind kind = segment_kind(path.substr(path.rfind('/') + 1));
  // "/v1/merge": the message has its type.
  if (kind != SegmentKind::unknown) shape.kind = kind;
  return shape;
}

// The client gives up after about 20 answers of 429 and counts them in this header: the wait doubles, so that they
// last through half an hour and a short overload still costs only a second.
std::string wait_seconds(const http::Request& request) {
  constexpr int kDoublingsMax = 6;
  const std::string_view text = request.header("x-retry-count");
  int retries = 0;
  std::from_chars(text.data(), text.data() + text.size(), retries);
  return std::to_string(1 << std::clamp(retries, 0, kDoublingsMax));
}

// Too large is 400 as in the original, which no client tries again; what asks for patience is 429, the one answer with
// which a client waits as long as it is told and spends none of its retries.
int segment_status(std::string_view code) {
  switch (const int status = status_of(code)) {
    case 403:
      return 401;
    case 413:
      return 400;
    case 503:
      return 429;
    default:
      return status;
  }
}

}  // namespace

std::vector<Endpoint> SegmentDialect::endpoints() const {
  std::vector<Endpoint> made;
  for (const std::string_view path : kBatchPaths) made.push_back({http::Method::post, std::string(path)});
  for (const char* path : {"/v1/track", "/v1/identify", "/v1/page", "/v1/screen", "/v1/group", "/v1/alias", "/v1/merge",
                           "/v1/t", "/v1/i", "/v1/p", "/v1/s", "/v1/g", "/v1/a"}) {
    made.push_back({http::Method::post, path});
  }
  for (const char* path : {"/v1/pixel/track", "/v1/pixel/identify", "/v1/pixel/page", "/v1/pixel/screen",
                           "/v1/pixel/group", "/v1/pixel/alias", "/pixel/v1/track", "/pixel/v1/page",
                           "/v1/projects/{key}/settings", "/sourceConfig", "/sourceConfig/"}) {
    made.push_back({http::Method::get, path});
  }
  return made;
}

security::Credential SegmentDialect::credential(const Call& call) const {
  const http::Request& request = call.request;
  if (asks_for_settings(request.path) || asks_for_source(request.path)) return {};
  std::string key = segment_header_key(request.header("authorization"));
  if (key.empty()) key = request.query_parameter("writeKey");
  return {std::move(key)};
}

Result<Decoded> SegmentDialect::decode(const Call& call, const IngestSettings& limits) const {
  const http::Request& request = call.request;
  Decoded decoded{DecodedBatch({ProjectId(), source(), false, request.received_ms, 0}), credential(call)};
  decoded.open = asks_for_settings(request.path) || asks_for_source(request.path);
  if (decoded.open) return decoded;
  std::string_view body = call.body;
  if (is_pixel(request.path)) {
    auto message = segment_pixel_message(request.query);
    if (!message) return message.error();
    const size_t bytes = message->size();
    message->resize(bytes + http::kBodyPadding);
    body = decoded.texts.keep(*std::move(message)).substr(0, bytes);
  }
  auto batch = decode_segment({body, ProjectId(), request.received_ms, 0}, shape_of(request.path), limits);
  if (!batch) return batch.error();
  decoded.batch = std::move(batch->batch);
  if (decoded.credential.key.empty()) decoded.credential.key = std::move(batch->write_key);
  return decoded;
}

http::Response SegmentDialect::stored(const Call& call, const DecodedBatch& /*batch*/) const {
  const http::Request& request = call.request;
  if (is_pixel(request.path)) return segment_pixel();
  if (asks_for_settings(request.path))
    return segment_settings(request, request.path_parameters.empty() ? "" : request.path_parameters[0]);
  if (asks_for_source(request.path)) {
    std::string key = segment_header_key(request.header("authorization"));
    return rudder_source(key.empty() ? request.query_parameter("writeKey") : key);
  }
  http::Response response;
  response.body = R"({"success":true})";
  return response;
}

http::Response SegmentDialect::refused(const http::Request& request, const Error& error) const {
  http::Response response;
  if (is_pixel(request.path)) {
    response = segment_pixel();
  } else {
    response.body = nlohmann::json{{"success", false}, {"code", error.code}, {"message", error.message}}.dump(
        -1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
  response.status = segment_status(error.code);
  if (response.status == 429) response.headers.emplace_back("Retry-After", wait_seconds(request));
  return response;
}

}  // namespace gm::event_ingestion
