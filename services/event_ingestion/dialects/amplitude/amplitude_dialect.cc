#include "services/event_ingestion/dialects/amplitude/amplitude_dialect.h"

#include <algorithm>

#include "services/event_ingestion/dialects/amplitude/amplitude_decoder.h"
#include "services/event_ingestion/dialects/amplitude/amplitude_forms.h"
#include "services/event_ingestion/dialects/amplitude/amplitude_names.h"

namespace gm::event_ingestion {
namespace {

constexpr std::string_view kShared[] = {"/batch", "/batch/"};  // with PostHog

// The type of events whose path says it.
std::string_view type_of(std::string_view path) {
  if (path == "/identify") return kAmplitudeIdentify;
  if (path == "/groupidentify") return kAmplitudeGroupIdentify;
  return {};
}

}  // namespace

std::vector<Endpoint> AmplitudeDialect::endpoints() const {
  std::vector<Endpoint> made;
  for (const char* path : {"/2/httpapi", "/2/httpapi/", "/identify", "/groupidentify"})
    made.push_back({http::Method::post, path});
  for (const std::string_view path : kShared) made.push_back({http::Method::post, std::string(path)});
  return made;
}

bool AmplitudeDialect::claims(const Call& call) const {
  return std::ranges::find(kShared, call.request.path) == std::end(kShared) || amplitude_has_events(call.body);
}

Result<Decoded> AmplitudeDialect::decode(const Call& call, const IngestSettings& limits) const {
  const http::Request& request = call.request;
  Decoded decoded{DecodedBatch({ProjectId(), source(), false, request.received_ms, 0}), {}};
  const std::string_view type = type_of(request.path);
  std::string_view body = call.body;
  if (!type.empty() && !body.starts_with('{')) {
    auto json = amplitude_form_as_json(body);
    if (!json) return json.error();
    const size_t bytes = json->size();
    json->resize(bytes + http::kBodyPadding);
    body = decoded.texts.keep(*std::move(json)).substr(0, bytes);
  }
  auto batch = decode_amplitude({body, ProjectId(), request.received_ms, 0}, type, limits);
  if (!batch) return batch.error();
  decoded.batch = std::move(batch->batch);
  decoded.credential.key = std::move(batch->api_key);
  return decoded;
}

http::Response AmplitudeDialect::stored(const Call& call, const DecodedBatch& batch) const {
  return amplitude_stored(batch, call.body.size(), call.request.received_ms);
}

http::Response AmplitudeDialect::refused(const http::Request& /*request*/, const Error& error) const {
  return amplitude_refused(error);
}

}  // namespace gm::event_ingestion
