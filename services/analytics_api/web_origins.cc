#include "services/analytics_api/web_origins.h"

#include <algorithm>

#include "lib/http/header_text.h"
#include "lib/security/origins.h"

namespace gm::analytics_api {
namespace {

// The scheme is not compared: behind a proxy that ends TLS the server does not know its own.
bool same_server(std::string_view origin, std::string_view host) {
  const size_t scheme_end = origin.find("://");
  if (scheme_end == std::string_view::npos || host.empty()) return false;
  return http::equals_ignoring_case(origin.substr(scheme_end + 3), host);
}

}  // namespace

Result<WebOrigins> WebOrigins::parse(std::string_view list) {
  WebOrigins made;
  while (!list.empty()) {
    const size_t end = std::min(list.find(','), list.size());
    std::string_view text = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    if (text.empty()) continue;
    auto rule = security::parse_origin_rule(text);
    if (!rule) return Error{rule.error().code, "graphql.origins: " + rule.error().message};
    made.rules_.push_back(std::move(*rule));
  }
  return made;
}

bool WebOrigins::lets_in(const http::Request& request) const {
  const std::string_view origin = request.header("origin");
  return origin.empty() || same_server(origin, request.header("host")) || security::any_origin_fits(rules_, origin);
}

}  // namespace gm::analytics_api
