#pragma once
// Routes and how a path finds one. Also what tests of handlers use in place of a server.

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "lib/http/message.h"
#include "lib/http/socket_router.h"

namespace gm::http {

inline constexpr size_t kMethodCount = 8;
std::string_view method_name(Method method);

// One method of one pattern. `handler` is empty (monostate) where only options were given.
struct Endpoint {
  std::variant<std::monostate, Handler, AsyncHandler, StreamHandler> handler;
  SocketHandler socket;  // empty: there is no WebSocket here
  RouteOptions options;
};

struct Route {
  std::string pattern;
  std::array<std::unique_ptr<Endpoint>, kMethodCount> methods;

  // The endpoint for `method`; GET stands in for a HEAD that has none of its own. nullptr: 405.
  const Endpoint* endpoint(Method method) const;
  // "GET, HEAD, POST" for the Allow header.
  std::string allowed() const;
};

// Fill it before the server starts; find() is then safe from any thread.
class RouteTable final : public Router, public SocketRouter {
 public:
  void add(Method method, std::string pattern, Handler handler) override;
  void add_async(Method method, std::string pattern, AsyncHandler handler) override;
  void add_stream(Method method, std::string pattern, StreamHandler handler) override;
  void add_socket(std::string pattern, SocketHandler handler) override;
  void configure(Method method, const std::string& pattern, RouteOptions options) override;

  // Literal patterns win over parameters, parameters over "/*". nullptr: 404. Fills `parameters` with views into
  // `path`.
  const Route* find(std::string_view path, std::vector<std::string_view>& parameters) const;

  // Runs a plain handler as the server would, for tests: 404 and 405 included. Precondition: the route has no stream
  // and answers at once.
  Response handle(Request request) const;

 private:
  Endpoint& endpoint(Method method, const std::string& pattern);

  std::vector<std::unique_ptr<Route>> routes_;
  std::unordered_map<std::string_view, const Route*> literal_;
};

}  // namespace gm::http
