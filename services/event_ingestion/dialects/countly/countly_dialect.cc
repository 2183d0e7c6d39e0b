#include "services/event_ingestion/dialects/countly/countly_dialect.h"

#include "lib/codec/text_codecs.h"
#include "services/event_ingestion/decoding/error_status.h"
#include "services/event_ingestion/decoding/form_fields.h"
#include "services/event_ingestion/decoding/property_writer.h"
#include "services/event_ingestion/dialects/countly/countly_decoder.h"
#include "services/event_ingestion/dialects/countly/countly_form.h"

namespace gm::event_ingestion {
namespace {

constexpr std::string_view kDone = R"({"result":"Success"})";

bool asks_for_configuration(const http::Request& request) { return request.path == "/o/sdk"; }
bool is_bulk(const http::Request& request) { return request.path == "/i/bulk"; }

}  // namespace

std::vector<Endpoint> CountlyDialect::endpoints() const {
  std::vector<Endpoint> made;
  for (const char* path : {"/i", "/i/bulk", "/o/sdk"}) {
    made.push_back({http::Method::post, path});
    made.push_back({http::Method::get, path});
  }
  return made;
}

security::Credential CountlyDialect::credential(const Call& call) const {
  if (asks_for_configuration(call.request)) return {};
  return {codec::form_value(countly_form(call), "app_key").value_or("")};
}

Result<Decoded> CountlyDialect::decode(const Call& call, const IngestSettings& limits) const {
  const http::Request& request = call.request;
  Decoded decoded{DecodedBatch({ProjectId(), source(), false, request.received_ms, 0}), credential(call)};
  decoded.open = asks_for_configuration(request);
  if (decoded.open) return decoded;
  // "Success" is said of what is kept among the rejected events, and that needs a key.
  const auto unreadable = [&](std::string message) {
    if (decoded.credential.key.empty()) return Error{"gm-key-missing", "Missing parameter \"app_key\""};
    return Error{"gm-body-malformed", std::move(message)};
  };
  const std::string form = countly_form(call);
  std::string json;
  if (is_bulk(request)) {
    json = codec::form_value(form, "requests").value_or("");
    const size_t first = json.find_first_not_of(" \t\r\n");
    if (first == std::string::npos || json[first] != '[') return unreadable("the form has no list \"requests\"");
  } else {
    json = form_as_json(form);
  }
  auto batch = decode_countly({keep_padded(decoded.texts, std::move(json)), ProjectId(), request.received_ms, 0},
                              limits, decoded.texts);
  if (!batch) return batch.error().code == "gm-body-malformed" ? unreadable(batch.error().message) : batch.error();
  decoded.batch = std::move(batch->batch);
  if (decoded.credential.key.empty()) decoded.credential.key = std::move(batch->app_key);
  return decoded;
}

http::Response CountlyDialect::stored(const Call& call, const DecodedBatch& /*batch*/) const {
  http::Response response;
  response.body = asks_for_configuration(call.request) ? "{}" : kDone;
  return response;
}

// A key may be made valid, and room may come: then the queue of the device goes on. What will never pass is done.
http::Response CountlyDialect::refused(const http::Request& /*request*/, const Error& error) const {
  http::Response response;
  const int status = status_of(error.code);
  if (status == 401 || status == 403) {
    response.status = 400;
  } else if (status == 408 || status == 429 || status >= 500) {
    response.status = status;
  } else {
    response.body = kDone;
    return response;
  }
  response.body = R"({"result":)" + json_quoted(error.message) + "}";
  return response;
}

}  // namespace gm::event_ingestion
