#pragma once
// Private to this folder: which WebSockets may be opened, and how many.

#include <memory>
#include <string_view>
#include <variant>

#include "lib/http/socket_router.h"
#include "services/analytics_api/graphql_engine.h"
#include "services/analytics_api/subscriptions/places.h"

namespace gm::analytics_api {

class GraphqlSockets {
 public:
  // `engine` outlives this, and this every socket.
  explicit GraphqlSockets(GraphqlEngine& engine);

  std::variant<http::SocketTerms, http::Response> open(const http::Request& request,
                                                       std::shared_ptr<http::WebSocket> socket);

  // For the sockets.
  GraphqlEngine& engine() { return engine_; }
  const SocketSettings& settings() const { return engine_.dependencies().settings.sockets; }
  // Error gm-graphql-too-many-sockets.
  Result<Place> place_of_key(int64_t key) { return of_keys_.take(key); }
  void count_end(std::string_view reason);

 private:
  GraphqlEngine& engine_;
  Places all_;
  Places of_keys_;
};

}  // namespace gm::analytics_api
