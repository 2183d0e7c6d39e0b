#include "services/event_ingestion/dialects/segment/segment_forms.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lib/codec/text_codecs.h"
#include "lib/security/keys.h"

namespace gm::event_ingestion {
namespace {

using nlohmann::json;

constexpr size_t kPartsMax = 8;         // of a dotted name
constexpr size_t kParametersMax = 512;  // of a query

std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

bool looks_like_json(std::string_view text) { return text.starts_with('{'); }

// Puts `text` where the dotted `name` says; nothing where something else stands already.
void put(json& message, std::string_view name, std::string text) {
  json* at = &message;
  for (size_t parts = 1;; ++parts) {
    const size_t dot = parts < kPartsMax ? name.find('.') : std::string_view::npos;
    at = &(*at)[std::string(name.substr(0, dot))];
    if (dot == std::string_view::npos) break;
    if (!at->is_null() && !at->is_object()) return;
    name.remove_prefix(dot + 1);
  }
  if (!at->is_null()) return;
  json parsed;
  if (looks_like_json(text)) parsed = json::parse(text, nullptr, false);
  *at = parsed.is_object() ? std::move(parsed) : json(std::move(text));
}

json dotted_message(std::string_view query) {
  json message = json::object();
  for (size_t count = 0; !query.empty() && count < kParametersMax; ++count) {
    const size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    const auto name = codec::url_decode(pair.substr(0, equals), codec::PlusSign::is_space);
    auto value = codec::url_decode(pair.substr(equals + 1), codec::PlusSign::is_space);
    if (name && value) put(message, *name, *std::move(value));
  }
  return message;
}

// A host as a client may write it; anything else is not repeated to it.
bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(".-:[]").find(c) != std::string_view::npos;
  });
}

}  // namespace

std::string segment_header_key(std::string_view authorization) {
  constexpr std::string_view kBasic = "basic ";
  const bool is_basic = authorization.size() > kBasic.size() &&
                        std::equal(kBasic.begin(), kBasic.end(), authorization.begin(),
                                   [](char wanted, char c) { return c == wanted || c == wanted - ('a' - 'A'); });
  if (!is_basic) return std::string(security::KeyRing::bearer(authorization));
  const auto pair = codec::base64_decode(authorization.substr(kBasic.size()));
  return pair ? pair->substr(0, pair->find(':')) : std::string();
}

Result<std::string> segment_pixel_message(std::string_view query) {
  const auto data = codec::form_value(query, "data");
  if (!data) return dump(dotted_message(query));
  if (looks_like_json(*data)) return *data;
  // A form turns the "+" of base64 into a space.
  std::string base64 = *data;
  std::replace(base64.begin(), base64.end(), ' ', '+');
  auto message = codec::base64_decode(base64);
  if (!message) return Error{"gm-body-malformed", "\"data\" is neither base64 nor JSON"};
  return *std::move(message);
}

http::Response segment_pixel() {
  constexpr std::string_view kGif(
      "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
      "\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02"
      "D\x01\x00;",
      43);
  http::Response response;
  response.content_type = "image/gif";
  response.body = kGif;
  response.headers.emplace_back("Cache-Control", "no-cache, no-store, must-revalidate");
  return response;
}

http::Response segment_settings(const http::Request& request, std::string_view write_key) {
  json destination = {{"apiKey", write_key}, {"unbundledIntegrations", json::array()}, {"addBundledMetadata", true}};
  if (const std::string_view host = request.header("host"); is_host(host))
    destination["apiHost"] = std::string(host) + "/v1";
  http::Response response;
  response.body = dump({{"integrations", {{"Segment.io", std::move(destination)}}},
                        {"plan", {{"track", {{"__default", {{"enabled", true}}}}}}},
                        {"edgeFunction", json::object()},
                        {"metrics", {{"sampleRate", 0}}}});
  return response;
}

http::Response rudder_source(std::string_view write_key) {
  http::Response response;
  response.body = dump({{"source",
                         {{"id", "gamemetrics"},
                          {"name", "gamemetrics"},
                          {"writeKey", write_key},
                          {"enabled", true},
                          {"config", json::object()},
                          {"destinations", json::array()},
                          {"connections", json::array()},
                          {"dataplanes", json::object()}}}});
  return response;
}

}  // namespace gm::event_ingestion
