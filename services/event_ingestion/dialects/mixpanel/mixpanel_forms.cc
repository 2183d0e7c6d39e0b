#include "services/event_ingestion/dialects/mixpanel/mixpanel_forms.h"

#include <nlohmann/json.hpp>

#include "lib/codec/text_codecs.h"
#include "lib/security/keys.h"

namespace gm::event_ingestion {
namespace {

using Json = nlohmann::ordered_json;

Error malformed(const char* what) { return {"gm-body-malformed", what}; }

bool looks_like_json(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

std::string_view keep(std::string text, std::string& storage) {
  const size_t size = text.size();
  storage = std::move(text);
  storage.resize(size + http::kBodyPadding);
  return std::string_view(storage).substr(0, size);
}

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

// Only the import asks for this form, and not every client of it does.
bool wants_records(const http::Request& request) {
  bool found = false;
  (void)request.query_parameter("strict", &found);
  return found && request.path.starts_with("/import");
}

// Their Python client writes it into the form, beside "data".
bool wants_reasons(const http::Request& request, std::string_view body) {
  if (request.query_parameter("verbose") == "1") return true;
  return !looks_like_json(body) && codec::form_value(body, "verbose") == "1";
}

std::string_view status_text(int status) {
  switch (status) {
    case 401:
      return "Unauthorized";
    case 413:
      return "Request Entity Too Large";
    case 429:
      return "Too Many Requests";
    case 503:
      return "Service Unavailable";
    default:
      return "Bad Request";
  }
}

// Clients compare the short answer as a whole: not a byte more.
http::Response short_answer(bool with_reason, bool good, std::string_view reason) {
  http::Response response;
  if (with_reason) {
    response.body = dump({{"status", good ? 1 : 0}, {"error", good ? Json() : Json(reason)}});
  } else {
    response.content_type = "text/plain; charset=utf-8";
    response.body = good ? "1" : "0";
  }
  return response;
}

std::string_view field_of(Tag tag) {
  switch (tag) {
    case Tag::event_name_missing:
    case Tag::event_name_invalid:
    case Tag::event_name_too_long:
      return "event";
    case Tag::event_id_invalid:
      return "properties.$insert_id";
    case Tag::player_id_missing:
    case Tag::player_id_invalid:
    case Tag::player_id_too_long:
    case Tag::player_id_refused:
      return "properties.distinct_id";
    case Tag::event_time_invalid:
    case Tag::event_time_too_old:
      return "properties.time";
    default:
      return "properties";
  }
}

// The id by which a client finds the event again.
std::string insert_id_of(std::string_view raw) {
  const auto event = nlohmann::json::parse(raw, nullptr, false);
  if (!event.is_object() || !event.contains("properties") || !event["properties"].is_object()) return {};
  const auto& properties = event["properties"];
  const auto it = properties.find("$insert_id");
  return it != properties.end() && it->is_string() ? it->get<std::string>() : std::string();
}

http::Response records_answer(const http::Request& request, const DecodedBatch& batch) {
  http::Response response;
  const size_t imported = batch.events - batch.refused.size();
  if (batch.refused.empty() || request.query_parameter("strict") != "1") {
    response.body = dump({{"code", 200}, {"num_records_imported", imported}, {"status", "OK"}});
    return response;
  }
  Json failed = Json::array();
  size_t refused = 0;
  for (const EventVerdict& one : batch.verdicts) {
    const TagDeclaration& tag = declaration_of(one.tag);
    if (tag.verdict != Verdict::drop) continue;
    failed.push_back({{"index", one.index},
                      {"insert_id", insert_id_of(batch.refused[refused++].raw)},
                      {"field", field_of(one.tag)},
                      {"message", std::string(tag.name) + ": " + std::string(tag.prose)}});
  }
  response.status = 400;
  response.body = dump({{"code", 400},
                        {"error", "some data points in the request failed validation"},
                        {"status", "Bad Request"},
                        {"num_records_imported", imported},
                        {"failed_records", std::move(failed)}});
  return response;
}

}  // namespace

MixpanelKind mixpanel_kind(std::string_view path) {
  if (path.starts_with("/flags/definitions")) return MixpanelKind::flag_definitions;
  if (path.starts_with("/flags")) return MixpanelKind::flags;
  if (path.starts_with("/engage")) return MixpanelKind::profiles;
  if (path.starts_with("/groups")) return MixpanelKind::groups;
  return MixpanelKind::events;
}

Result<std::string_view> unwrap_mixpanel(const http::Request& request, std::string_view body, std::string& storage) {
  std::string data;
  if (request.method == http::Method::get) {
    data = request.query_parameter("data");
  } else {
    if (looks_like_json(body)) return body;
    auto field = codec::form_value(body, "data");
    if (!field) return malformed("the body is neither JSON nor a form with a readable field \"data\"");
    data = std::move(*field);
  }
  if (looks_like_json(data)) return keep(std::move(data), storage);
  // Clients do not percent-encode the base64, so that reading the form turned each "+" into a space.
  for (char& c : data) c = c == ' ' ? '+' : c;
  auto decoded = codec::base64_decode(data);
  if (!decoded || decoded->empty()) return malformed("\"data\" is neither JSON nor base64 of JSON");
  return keep(std::move(*decoded), storage);
}

std::string mixpanel_key(const http::Request& request) {
  constexpr std::string_view kScheme = "Basic ";
  const std::string_view authorization = request.header("authorization");
  if (authorization.starts_with(kScheme)) {
    const std::string pair = codec::base64_decode(authorization.substr(kScheme.size())).value_or("");
    const size_t colon = std::min(pair.find(':'), pair.size());
    const std::string user = pair.substr(0, colon);
    const std::string secret = pair.substr(std::min(colon + 1, pair.size()));
    for (const std::string& part : {user, secret}) {
      if (security::looks_like_key(part)) return part;
    }
  }
  std::string key = request.query_parameter("api_key");
  return security::looks_like_key(key) ? key : std::string();
}

http::Response mixpanel_stored(const http::Request& request, std::string_view body, const DecodedBatch& batch) {
  if (wants_records(request)) return records_answer(request, batch);
  const bool with_reason = wants_reasons(request, body);
  if (batch.refused.empty()) return short_answer(with_reason, true, {});
  const TagDeclaration& tag = declaration_of(batch.refused.front().tag);
  return short_answer(with_reason, false, std::string(tag.name) + ": " + std::string(tag.prose));
}

http::Response mixpanel_refused(const http::Request& request, int status, std::string_view message) {
  http::Response response;
  if (wants_records(request)) {
    response.body = dump({{"code", status}, {"error", message}, {"status", status_text(status)}});
  } else {
    response = short_answer(wants_reasons(request, request.body), false, message);
  }
  response.status = status;
  return response;
}

http::Response mixpanel_no_flags(MixpanelKind kind) {
  http::Response response;
  response.body = kind == MixpanelKind::flags ? R"({"code":200,"flags":{}})" : R"({"flags":[]})";
  return response;
}

}  // namespace gm::event_ingestion
