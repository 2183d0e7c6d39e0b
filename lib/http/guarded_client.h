#pragma once
// Calls URLs that somebody else has chosen, and so may not be used to reach what only the server can reach. Every
// address is judged when it is about to be connected to, after the name was resolved, so that no name changes its mind
// in between; redirects are not followed; time and bytes are bounded.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "lib/base/ip_address.h"
#include "lib/base/result.h"
#include "lib/http/client.h"

namespace gm::http {

struct GuardedOptions {
  int64_t timeout_ms = 0;          // the whole exchange
  bool plain_http = false;         // http:// besides https://
  size_t answer_bytes_max = 1000;  // of the body that is kept; what comes behind is not read
  std::function<bool(const IpAddress&)> may_call;
  std::function<bool()> stopping;  // true: what goes on is broken off within a second; empty: never
};

// A URL that may be called at all: https:// (or http://), a host, no name and password in it. Error gm-url-refused.
Status check_url(const std::string& url, bool plain_http);
// "https://hooks.example" of a URL: what may be shown of one whose path is a secret. Empty when it is none.
std::string shown_url(const std::string& url);

// One thread; a new connection for each call, for a kept one would not be judged again.
class GuardedClient {
 public:
  explicit GuardedClient(GuardedOptions options);

  // Any HTTP status is a value; of its body the first bytes are kept. Errors: gm-url-refused, gm-address-refused (all
  // addresses of the host are such as may not be called), gm-http-client-failed. No message has the URL's path.
  Result<ClientResponse> post(const std::string& url, const ClientHeaders& headers, std::string_view body) const;

 private:
  const GuardedOptions options_;
};

}  // namespace gm::http
