#include "services/event_ingestion/dialects/amplitude/amplitude_forms.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lib/codec/text_codecs.h"
#include "services/event_ingestion/decoding/error_status.h"
#include "services/event_ingestion/decoding/property_writer.h"

namespace gm::event_ingestion {
namespace {

using nlohmann::ordered_json;

struct Fault {
  bool is_missing;
  std::string_view field;
};

// Which of Amplitude's fields a tag is about.
Fault fault_of(Tag tag) {
  switch (tag) {
    case Tag::event_name_missing:
      return {true, "event_type"};
    case Tag::player_id_missing:
      return {true, "user_id"};
    case Tag::event_name_invalid:
    case Tag::event_name_too_long:
      return {false, "event_type"};
    case Tag::player_id_invalid:
    case Tag::player_id_refused:
    case Tag::player_id_too_long:
      return {false, "user_id"};
    case Tag::event_time_invalid:
    case Tag::event_time_too_old:
      return {false, "time"};
    case Tag::event_id_invalid:
      return {false, "insert_id"};
    case Tag::field_invalid:
      return {false, "groups"};
    default:
      return {false, "event_properties"};
  }
}

http::Response answer(int status, const ordered_json& body) {
  http::Response response;
  response.status = status;
  response.body = body.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  return response;
}

// Walks text outside of strings; `at` is behind the string's opening quote, afterwards behind its closing one.
std::string_view string_at(std::string_view text, size_t& at) {
  const size_t begin = at;
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  const size_t end = std::min(at, text.size());
  at = end + 1;
  return text.substr(begin, end - begin);
}

}  // namespace

bool amplitude_has_events(std::string_view body) {
  const size_t first = body.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || body[first] != '{') return false;
  int depth = 0;
  for (size_t at = 0; at < body.size();) {
    const char c = body[at++];
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (c != '"') continue;
    const std::string_view text = string_at(body, at);
    if (depth != 1 || (text != "events" && text != "batch")) continue;
    const size_t next = body.find_first_not_of(" \t\r\n", at);
    if (next != std::string_view::npos && body[next] == ':') return text == "events";
  }
  return false;
}

Result<std::string> amplitude_form_as_json(std::string_view form) {
  const auto identification = codec::form_value(form, "identification");
  if (!identification) return Error{"gm-body-malformed", "the form has no readable field \"identification\""};
  const std::string key = codec::form_value(form, "api_key").value_or("");
  return R"({"api_key":)" + json_quoted(key) + R"(,"events":)" + *identification + "}";
}

http::Response amplitude_stored(const DecodedBatch& batch, size_t bytes, int64_t now_ms) {
  if (batch.refused.empty()) {
    return answer(200, {{"code", 200},
                        {"events_ingested", batch.events},
                        {"payload_size_bytes", bytes},
                        {"server_upload_time", now_ms}});
  }
  ordered_json missing = ordered_json::object();
  ordered_json invalid = ordered_json::object();
  for (const EventVerdict& one : batch.verdicts) {
    const TagDeclaration& tag = declaration_of(one.tag);
    if (tag.verdict != Verdict::drop) continue;
    const Fault fault = fault_of(one.tag);
    (fault.is_missing ? missing : invalid)[std::string(fault.field)].push_back(one.index);
  }
  return answer(400, {{"code", 400},
                      {"error", "some events were refused; all others are stored"},
                      {"events_with_invalid_fields", std::move(invalid)},
                      {"events_with_missing_fields", std::move(missing)},
                      {"events_with_invalid_id_lengths", ordered_json::object()},
                      {"silenced_events", ordered_json::array()}});
}

http::Response amplitude_refused(const Error& error) {
  const int status = status_of(error.code);
  if (status == 401 || status == 403)
    return answer(400, {{"code", 400}, {"error", "Invalid API key: " + error.message}});
  if (status == 408 || status == 413 || status == 429 || status >= 500)
    return answer(status, {{"code", status}, {"error", error.message}});
  // "missing_field" is what makes a client drop the whole request, which would be no better the next time.
  return answer(400, {{"code", 400}, {"error", error.message}, {"missing_field", "events"}});
}

}  // namespace gm::event_ingestion
