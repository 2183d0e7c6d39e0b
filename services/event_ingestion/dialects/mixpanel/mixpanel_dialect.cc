#include "services/event_ingestion/dialects/mixpanel/mixpanel_dialect.h"

#include "services/event_ingestion/decoding/error_status.h"
#include "services/event_ingestion/dialects/mixpanel/mixpanel_decoder.h"
#include "services/event_ingestion/dialects/mixpanel/mixpanel_forms.h"

namespace gm::event_ingestion {
namespace {

bool asks_for_flags(std::string_view path) {
  const MixpanelKind kind = mixpanel_kind(path);
  return kind == MixpanelKind::flags || kind == MixpanelKind::flag_definitions;
}

}  // namespace

std::vector<Endpoint> MixpanelDialect::endpoints() const {
  std::vector<Endpoint> made;
  for (const char* path : {"/track", "/track/", "/engage", "/engage/", "/groups", "/groups/", "/import", "/import/"}) {
    made.push_back({http::Method::post, path});
    made.push_back({http::Method::get, path});
  }
  for (const char* path : {"/flags", "/flags/", "/flags/definitions"}) made.push_back({http::Method::get, path});
  return made;
}

security::Credential MixpanelDialect::credential(const Call& call) const {
  if (asks_for_flags(call.request.path)) return {};
  return {mixpanel_key(call.request)};
}

Result<Decoded> MixpanelDialect::decode(const Call& call, const IngestSettings& limits) const {
  const http::Request& request = call.request;
  const bool historical = request.path.starts_with("/import");
  Decoded decoded{DecodedBatch({ProjectId(), source(), historical, request.received_ms, 0}), {}};
  decoded.open = asks_for_flags(request.path);
  if (decoded.open) return decoded;
  std::string unwrapped;
  const auto json = unwrap_mixpanel(request, call.body, unwrapped);
  if (!json) return json.error();
  std::string_view body = *json;
  // Moving a short text moves its bytes.
  if (!unwrapped.empty()) body = decoded.texts.keep(std::move(unwrapped)).substr(0, body.size());
  auto batch =
      decode_mixpanel({body, ProjectId(), request.received_ms, 0}, mixpanel_kind(request.path), historical, limits);
  if (!batch) return batch.error();
  decoded.batch = std::move(batch->batch);
  decoded.credential = credential(call);
  if (decoded.credential.key.empty()) decoded.credential.key = std::move(batch->token);
  return decoded;
}

http::Response MixpanelDialect::stored(const Call& call, const DecodedBatch& batch) const {
  if (asks_for_flags(call.request.path)) return mixpanel_no_flags(mixpanel_kind(call.request.path));
  return mixpanel_stored(call.request, call.body, batch);
}

http::Response MixpanelDialect::refused(const http::Request& request, const Error& error) const {
  const int status = status_of(error.code);
  return mixpanel_refused(request, status == 403 ? 401 : status, error.message);
}

}  // namespace gm::event_ingestion
