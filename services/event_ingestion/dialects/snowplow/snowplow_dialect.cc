#include "services/event_ingestion/dialects/snowplow/snowplow_dialect.h"

#include "services/event_ingestion/decoding/error_status.h"
#include "services/event_ingestion/decoding/form_fields.h"
#include "services/event_ingestion/dialects/snowplow/snowplow_decoder.h"

namespace gm::event_ingestion {
namespace {

// A transparent GIF of one pixel.
constexpr std::string_view kPixel(
    "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00"
    "\x01\x00\x01\x00\x00\x02\x02"
    "D\x01\x00;",
    43);

bool is_pixel(const http::Request& request) { return request.path == "/i" || request.path == "/ice.png"; }
bool asks_for_health(const http::Request& request) { return request.path == "/health"; }

// The user of the network: a cookie of ours on an earlier answer. Anything but a UUID is not from here.
std::optional<Uuid> cookie_user(const http::Request& request) {
  std::string_view cookies = request.header("cookie");
  while (!cookies.empty()) {
    const size_t end = cookies.find(';');
    std::string_view one = cookies.substr(0, end);
    cookies = end == std::string_view::npos ? std::string_view() : cookies.substr(end + 1);
    one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
    if (one.starts_with("sp=")) return Uuid::parse(one.substr(3));
  }
  return std::nullopt;
}

bool is_anonymous(const http::Request& request) { return !request.header("sp-anonymous").empty(); }

// The trace id is new for each request, so that nothing random is needed here.
Uuid network_user(const http::Request& request) {
  return cookie_user(request).value_or(Uuid::derived_from("sp:" + std::string(request.trace_id)));
}

// Whoever looks at a page keeps the cookie of the answer, so that he has his name from the first event on. A program
// that keeps none would be somebody new with each request.
std::string player_of_network(const http::Request& request) {
  if (is_anonymous(request)) return {};
  const bool from_page = is_pixel(request) || !request.header("origin").empty();
  return from_page || cookie_user(request) ? network_user(request).to_string() : std::string();
}

void set_cookie(const http::Request& request, http::Response& response) {
  if (is_anonymous(request)) return;
  const Uuid user = network_user(request);
  response.headers.emplace_back(
      "Set-Cookie", "sp=" + user.to_string() + "; Max-Age=31536000; Path=/; Secure; HttpOnly; SameSite=None");
}

}  // namespace

std::vector<Endpoint> SnowplowDialect::endpoints() const {
  return {{http::Method::post, "/com.snowplowanalytics.snowplow/tp2"},
          {http::Method::get, "/i"},
          {http::Method::get, "/ice.png"},
          {http::Method::get, "/health"}};
}

// "/i" is Countly's, too.
bool SnowplowDialect::claims(const Call& call) const {
  if (call.request.path != "/i") return true;
  bool has_event = false, is_countly = false;
  (void)call.request.query_parameter("e", &has_event);
  (void)call.request.query_parameter("app_key", &is_countly);
  return has_event && !is_countly;
}

security::Credential SnowplowDialect::credential(const Call& call) const {
  if (asks_for_health(call.request)) return {};
  return {std::string(security::KeyRing::bearer(call.request.header("authorization")))};
}

Result<Decoded> SnowplowDialect::decode(const Call& call, const IngestSettings& limits) const {
  const http::Request& request = call.request;
  Decoded decoded{DecodedBatch({ProjectId(), source(), false, request.received_ms, 0}), credential(call)};
  decoded.open = asks_for_health(request);
  if (decoded.open) return decoded;
  const std::string user = player_of_network(request);
  std::string_view body = call.body;
  if (is_pixel(request)) body = keep_padded(decoded.texts, form_as_json(request.query));
  const bool key_outside = !decoded.credential.key.empty();
  std::optional<IngestSettings> anonymous;
  if (is_anonymous(request)) anonymous.emplace(limits).address_rule = AddressRule::drop;  // the header asks for it
  auto batch = decode_snowplow({body, ProjectId(), request.received_ms, 0}, {user, key_outside},
                               anonymous ? *anonymous : limits);
  if (!batch) return batch.error();
  decoded.batch = std::move(batch->batch);
  if (decoded.credential.key.empty()) decoded.credential.key = std::move(batch->app_id);
  return decoded;
}

http::Response SnowplowDialect::stored(const Call& call, const DecodedBatch& /*batch*/) const {
  http::Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = "ok";
  if (asks_for_health(call.request)) return response;
  if (is_pixel(call.request)) {
    response.content_type = "image/gif";
    response.body = kPixel;
    response.headers.emplace_back("Cache-Control", "no-cache, no-store, must-revalidate");
  }
  set_cookie(call.request, response);
  return response;
}

// Trackers send again whatever is not 400, 401, 403, 410 or 422, without end: only what may pass later may say
// something else.
http::Response SnowplowDialect::refused(const http::Request& /*request*/, const Error& error) const {
  http::Response response;
  const int status = status_of(error.code);
  const bool final = status < 500 && status != 401 && status != 403 && status != 408 && status != 429;
  response.status = final || status == 501 ? 400 : status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = error.message;
  return response;
}

}  // namespace gm::event_ingestion
