#include "services/analytics_api/graphql_sockets.h"

#include <utility>

#include "lib/http/web_socket_handshake.h"
#include "lib/telemetry/catalog_graphql.h"
#include "services/analytics_api/graphql_socket.h"
#include "services/analytics_api/subscriptions/transport_ws.h"

namespace gm::analytics_api {
namespace {

constexpr char kTooMany[] = "gm-graphql-too-many-sockets";
// Whose key is not known yet is counted with all others.
constexpr int64_t kNoKey = 0;

}  // namespace

GraphqlSockets::GraphqlSockets(GraphqlEngine& engine)
    : engine_(engine),
      all_("WebSockets", kTooMany, settings().sockets_max, settings().sockets_max,
           &engine.dependencies().telemetry.gauge(telemetry::kGraphqlSockets)),
      of_keys_("WebSockets", kTooMany, settings().sockets_max, settings().per_key_max, nullptr) {}

std::variant<http::SocketTerms, http::Response> GraphqlSockets::open(const http::Request& request,
                                                                     std::shared_ptr<http::WebSocket> socket) {
  const GraphqlDependencies& d = engine_.dependencies();
  const auto refuse = [&](int status, std::string_view code, std::string_view message) {
    engine_.count(code, true);
    return http::problem(status, code, message, request.trace_id);
  };
  if (!d.settings.origins.lets_in(request)) {
    return refuse(403, "gm-origin-not-allowed", "pages of this origin may not subscribe; see graphql.origins");
  }
  // Whoever can send the key in a header is refused at once; a browser cannot, and sends it with connection_init.
  const std::string_view authorization = request.header("authorization");
  if (!authorization.empty()) {
    auto access = d.authorise(request);
    if (auto* refusal = std::get_if<http::Response>(&access)) return std::move(*refusal);
  }
  if (!http::offers_protocol(request, kTransportWsProtocol)) {
    return refuse(400, "gm-socket-protocol", "the subprotocol spoken here is graphql-transport-ws");
  }
  auto place = all_.take(kNoKey);
  if (!place) {
    http::Response refusal = refuse(429, place.error().code, place.error().message);
    refusal.headers.emplace_back("Retry-After", "5");
    return refusal;
  }
  http::SocketTerms terms;
  terms.reader = std::make_shared<GraphqlSocket>(*this, std::move(socket), std::move(*place),
                                                 std::string(security::KeyRing::bearer(authorization)));
  terms.protocol = kTransportWsProtocol;
  terms.message_bytes_max = settings().message_bytes_max;
  terms.ping_interval_ms = settings().ping_interval_ms;
  terms.look_after_ms = settings().init_timeout_ms;
  return terms;
}

void GraphqlSockets::count_end(std::string_view reason) {
  engine_.dependencies().telemetry.counter(telemetry::kGraphqlSocketsClosed, {reason}).add();
}

}  // namespace gm::analytics_api
