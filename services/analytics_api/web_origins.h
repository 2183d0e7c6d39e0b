#pragma once
// Private to this folder: which web pages may hold a connection to this server. A browser asks nobody before it opens a
// WebSocket, so the server has to look where the page comes from.

#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/http/message.h"

namespace gm::analytics_api {

class WebOrigins {
 public:
  WebOrigins() = default;
  // `list`: rules of lib/security/origins.h separated by commas (the setting graphql.origins). Error gm-origin-invalid.
  static Result<WebOrigins> parse(std::string_view list);

  // Of no page, of a page of this server itself, or of one on the list.
  bool lets_in(const http::Request& request) const;

 private:
  std::vector<std::string> rules_;
};

}  // namespace gm::analytics_api
