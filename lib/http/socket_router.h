#pragma once
// Where routes of WebSockets are added: few services have some, so this is apart from Router.

#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "lib/http/message.h"
#include "lib/http/web_socket.h"

namespace gm::http {

// Runs on the network thread and must not block: takes the WebSocket that a GET of its route asks for, or refuses it.
// What is sent before it returns goes out after the handshake. The request is valid until it returns.
using SocketHandler = std::function<std::variant<SocketTerms, Response>(const Request&, std::shared_ptr<WebSocket>)>;

class SocketRouter {
 public:
  virtual ~SocketRouter() = default;
  // `pattern` as in Router. GET of the route may have a handler besides, for requests that ask for no WebSocket.
  virtual void add_socket(std::string pattern, SocketHandler handler) = 0;
};

}  // namespace gm::http
