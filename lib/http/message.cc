#include "lib/http/message.h"

#include <nlohmann/json.hpp>

#include "lib/codec/text_codecs.h"
#include "lib/http/header_text.h"
#include "lib/http/response_writer.h"

namespace gm::http {

std::string_view Request::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equals_ignoring_case(key, name)) return value;
  }
  return {};
}

std::string Request::query_parameter(std::string_view name, bool* found) const {
  auto value = codec::form_value(query, name);
  if (found != nullptr) *found = value.has_value();
  return value ? *std::move(value) : std::string();
}

Response problem(int status, std::string_view code, std::string_view detail, std::string_view trace_id) {
  nlohmann::ordered_json body;
  body["type"] = "/docs/errors#" + std::string(code);
  body["title"] = reason_phrase(status);
  body["status"] = status;
  body["detail"] = detail;
  body["code"] = code;
  if (!trace_id.empty()) body["trace_id"] = trace_id;
  Response response;
  response.status = status;
  response.content_type = "application/problem+json";
  // A detail may quote what a client sent: bytes that are no UTF-8 are replaced, never thrown over.
  response.body = body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return response;
}

}  // namespace gm::http
