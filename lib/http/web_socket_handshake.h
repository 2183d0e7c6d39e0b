#pragma once
// How a GET becomes a WebSocket (RFC 6455 section 4.2).

#include <optional>
#include <string_view>

#include "lib/http/message.h"

namespace gm::http {

// The request wants its connection to become a WebSocket, well-formed or not.
bool asks_for_socket(const Request& request);
// What is wrong with how it asks: gm-socket-handshake, gm-socket-version.
std::optional<Response> refuse_handshake(const Request& request);
// One of the subprotocols that the client offers.
bool offers_protocol(const Request& request, std::string_view protocol);
// Precondition: refuse_handshake() has nothing to say. `protocol`: empty for none.
Response switch_protocols(const Request& request, std::string_view protocol);

}  // namespace gm::http
