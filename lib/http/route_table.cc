#include "lib/http/route_table.h"

#include <cassert>
#include <optional>

namespace gm::http {
namespace {

// "/a/b" -> "/a", rest "/b". Precondition: path starts with "/".
std::string_view take_segment(std::string_view& path) {
  const size_t end = path.find('/', 1);
  const std::string_view segment = path.substr(0, end);
  path = end == std::string_view::npos ? std::string_view{} : path.substr(end);
  return segment;
}

bool is_literal(std::string_view pattern) {
  return pattern.find('{') == std::string_view::npos && !pattern.ends_with("/*");
}

// Fills `parameters` only when the whole pattern fits.
bool matches(std::string_view pattern, std::string_view path, std::vector<std::string_view>& parameters) {
  parameters.clear();
  bool fits = true;
  while (fits && !pattern.empty()) {
    if (pattern == "/*") {
      parameters.push_back(path.empty() ? path : path.substr(1));
      return true;
    }
    if (path.empty()) break;
    const std::string_view wanted = take_segment(pattern);
    const std::string_view given = take_segment(path);
    if (wanted.size() > 2 && wanted[1] == '{') {
      fits = given.size() > 1;  // an empty segment is no value
      parameters.push_back(given.substr(1));
    } else {
      fits = wanted == given;
    }
  }
  if (fits && pattern.empty() && path.empty()) return true;
  parameters.clear();
  return false;
}

}  // namespace

std::string_view method_name(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::del:
      return "DELETE";
    case Method::options:
      return "OPTIONS";
    case Method::trace:
      return "TRACE";
  }
  return "_OTHER";
}

const Endpoint* Route::endpoint(Method method) const {
  const auto& own = methods[static_cast<size_t>(method)];
  if (own) return own.get();
  return method == Method::head ? methods[static_cast<size_t>(Method::get)].get() : nullptr;
}

std::string Route::allowed() const {
  std::string names;
  for (size_t i = 0; i < kMethodCount; ++i) {
    const auto method = static_cast<Method>(i);
    if (endpoint(method) == nullptr) continue;
    if (!names.empty()) names += ", ";
    names += method_name(method);
  }
  return names;
}

Endpoint& RouteTable::endpoint(Method method, const std::string& pattern) {
  assert(pattern.starts_with('/'));
  for (const auto& route : routes_) {
    if (route->pattern != pattern) continue;
    auto& place = route->methods[static_cast<size_t>(method)];
    if (!place) place = std::make_unique<Endpoint>();
    return *place;
  }
  routes_.push_back(std::make_unique<Route>());
  Route& route = *routes_.back();
  route.pattern = pattern;
  if (is_literal(route.pattern)) literal_.emplace(route.pattern, &route);
  auto& place = route.methods[static_cast<size_t>(method)];
  place = std::make_unique<Endpoint>();
  return *place;
}

void RouteTable::add(Method method, std::string pattern, Handler handler) {
  endpoint(method, pattern).handler = std::move(handler);
}
void RouteTable::add_async(Method method, std::string pattern, AsyncHandler handler) {
  endpoint(method, pattern).handler = std::move(handler);
}
void RouteTable::add_stream(Method method, std::string pattern, StreamHandler handler) {
  endpoint(method, pattern).handler = std::move(handler);
}
void RouteTable::add_socket(std::string pattern, SocketHandler handler) {
  endpoint(Method::get, pattern).socket = std::move(handler);
}
void RouteTable::configure(Method method, const std::string& pattern, RouteOptions options) {
  endpoint(method, pattern).options = std::move(options);
}

const Route* RouteTable::find(std::string_view path, std::vector<std::string_view>& parameters) const {
  parameters.clear();
  if (!path.starts_with('/')) return nullptr;
  if (const auto found = literal_.find(path); found != literal_.end()) return found->second;
  const Route* best = nullptr;
  std::vector<std::string_view> candidate;
  for (const auto& route : routes_) {
    if (is_literal(route->pattern) || !matches(route->pattern, path, candidate)) continue;
    // A pattern with parameters is exact; among "/*" patterns the longest prefix wins.
    const bool rest = route->pattern.ends_with("/*");
    if (best != nullptr && rest && best->pattern.size() >= route->pattern.size()) continue;
    best = route.get();
    parameters = candidate;
    if (!rest) break;
  }
  return best;
}

Response RouteTable::handle(Request request) const {
  std::vector<std::string_view> parameters;
  const Route* route = find(request.path, parameters);
  if (route == nullptr) return problem(404, "gm-route-unknown", "There is nothing at this path.", request.trace_id);
  const Endpoint* found = route->endpoint(request.method);
  if (found == nullptr) {
    Response response =
        problem(405, "gm-method-not-allowed", "This path answers: " + route->allowed() + ".", request.trace_id);
    response.headers.emplace_back("Allow", route->allowed());
    return response;
  }
  request.path_parameters = parameters;
  if (const auto* handler = std::get_if<Handler>(&found->handler)) return (*handler)(request);
  if (const auto* handler = std::get_if<StreamHandler>(&found->handler)) return (*handler)(request, nullptr);
  const auto* handler = std::get_if<AsyncHandler>(&found->handler);
  assert(handler != nullptr);
  auto answer = std::make_shared<std::optional<Response>>();
  (*handler)(request, [answer](Response response) { *answer = std::move(response); });
  assert(answer->has_value());
  return std::move(**answer);
}

}  // namespace gm::http
