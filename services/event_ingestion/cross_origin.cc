#include "services/event_ingestion/cross_origin.h"

namespace gm::event_ingestion {

void allow_origin(const http::Request& request, http::Response& response) {
  const std::string_view origin = request.header("origin");
  if (origin.empty()) return;
  response.headers.emplace_back("Access-Control-Allow-Origin", origin);
  // sendBeacon() always sends cookies along, and then "*" is not enough; nothing here reads them.
  response.headers.emplace_back("Access-Control-Allow-Credentials", "true");
  response.headers.emplace_back("Access-Control-Expose-Headers", "Retry-After, RateLimit, RateLimit-Policy");
  response.headers.emplace_back("Vary", "Origin");
}

http::Response preflight(const http::Request& request) {
  http::Response response;
  response.body.clear();
  allow_origin(request, response);
  response.headers.emplace_back("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
  const std::string_view asked = request.header("access-control-request-headers");
  response.headers.emplace_back("Access-Control-Allow-Headers",
                                asked.empty() ? "Authorization, Content-Type, Content-Encoding" : asked);
  response.headers.emplace_back("Access-Control-Max-Age", "3600");
  return response;
}

}  // namespace gm::event_ingestion
