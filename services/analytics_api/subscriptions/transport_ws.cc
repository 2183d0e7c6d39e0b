#include "services/analytics_api/subscriptions/transport_ws.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "lib/http/header_text.h"
#include "lib/security/keys.h"

namespace gm::analytics_api {
namespace {

using graphql::InputValue;
using Kind = ClientMessage::Kind;

constexpr size_t kIdBytesMax = 256;

constexpr std::pair<std::string_view, Kind> kKinds[] = {{"connection_init", Kind::connection_init},
                                                        {"ping", Kind::ping},
                                                        {"pong", Kind::pong},
                                                        {"subscribe", Kind::subscribe},
                                                        {"complete", Kind::complete}};

Error malformed(std::string message) { return {"gm-graphql-message-malformed", std::move(message)}; }

std::optional<Kind> kind_named(std::string_view name) {
  for (const auto& [known, kind] : kKinds) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

std::string json(const InputValue& value) {
  std::string out;
  graphql::append_json(value, out);
  return out;
}

std::string json(std::string_view text) { return json(InputValue::of(std::string(text))); }

}  // namespace

Result<ClientMessage> read_client_message(std::string_view text) {
  auto value = graphql::parse_json(text);
  if (!value || value->kind != InputValue::Kind::object) return malformed("a message is a JSON object");
  const InputValue* type = value->member("type");
  const auto kind = type != nullptr && type->kind == InputValue::Kind::text ? kind_named(type->text) : std::nullopt;
  if (!kind) return malformed("a client's message has a \"type\" of graphql-transport-ws");
  ClientMessage message;
  message.kind = *kind;
  const bool of_operation = *kind == Kind::subscribe || *kind == Kind::complete;
  if (const InputValue* id = value->member("id"); of_operation) {
    if (id == nullptr || id->kind != InputValue::Kind::text || id->text.empty() || id->text.size() > kIdBytesMax)
      return malformed(fmt::format("\"id\" is a text of 1 to {} bytes", kIdBytesMax));
    message.id = id->text;
  }
  if (const InputValue* payload = value->member("payload"); payload != nullptr) message.payload = *payload;
  const bool object = message.payload.kind == InputValue::Kind::object;
  const bool payload_fits = object || (message.payload.is_null() && *kind != Kind::subscribe);
  if (!payload_fits && *kind != Kind::complete) return malformed("\"payload\" is an object");
  return message;
}

std::string key_in(const InputValue& payload) {
  for (const auto& member : payload.members) {
    if (member.value.kind == InputValue::Kind::text && http::equals_ignoring_case(member.name, "authorization"))
      return std::string(security::KeyRing::bearer(member.value.text));
  }
  return {};
}

std::string ack_message() { return R"({"type":"connection_ack"})"; }

std::string pong_message(const InputValue& payload) {
  return payload.is_null() ? R"({"type":"pong"})" : fmt::format(R"({{"type":"pong","payload":{}}})", json(payload));
}

std::string next_message(std::string_view id, std::string_view response) {
  return fmt::format(R"({{"id":{},"type":"next","payload":{}}})", json(id), response);
}

std::string error_message(std::string_view id, std::string_view response) {
  const auto value = graphql::parse_json(response);
  const InputValue* errors = value ? value->member("errors") : nullptr;
  return fmt::format(R"({{"id":{},"type":"error","payload":{}}})", json(id), errors == nullptr ? "[]" : json(*errors));
}

std::string complete_message(std::string_view id) { return fmt::format(R"({{"id":{},"type":"complete"}})", json(id)); }

}  // namespace gm::analytics_api
