#pragma once
// The language of graphql-transport-ws (PROTOCOL.md of graphql-ws): what is said over a WebSocket.

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/graphql/input_value.h"

namespace gm::analytics_api {

inline constexpr std::string_view kTransportWsProtocol = "graphql-transport-ws";

// Why a socket is closed, as the protocol numbers it.
inline constexpr uint16_t kCloseBadMessage = 4400;
inline constexpr uint16_t kCloseUnauthorized = 4401;  // an operation before connection_ack
inline constexpr uint16_t kCloseForbidden = 4403;
inline constexpr uint16_t kCloseInitTimeout = 4408;
inline constexpr uint16_t kCloseIdTaken = 4409;
inline constexpr uint16_t kCloseTooManyInits = 4429;

struct ClientMessage {
  enum class Kind : uint8_t { connection_init, ping, pong, subscribe, complete } kind = Kind::ping;
  std::string id;               // of subscribe and complete: not empty
  graphql::InputValue payload;  // an object, or null; of subscribe an object
};
// The error's message fits into the reason of a close.
Result<ClientMessage> read_client_message(std::string_view text);
// The key that connection_init brings: {"authorization": "Bearer <key>"}, the name in any case. Empty: none.
std::string key_in(const graphql::InputValue& payload);

std::string ack_message();
std::string pong_message(const graphql::InputValue& payload);
// `response`: a GraphQL response, as JSON.
std::string next_message(std::string_view id, std::string_view response);
// Of the same, the errors: an operation of which nothing was run.
std::string error_message(std::string_view id, std::string_view response);
std::string complete_message(std::string_view id);

}  // namespace gm::analytics_api
