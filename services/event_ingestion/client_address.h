#pragma once
// Where a request came from: the other end of the connection, or what a trusted proxy there says of it.

#include <string>
#include <string_view>
#include <vector>

#include "lib/base/ip_address.h"
#include "lib/base/result.h"
#include "lib/http/message.h"

namespace gm::event_ingestion {

class TrustedProxies {
 public:
  TrustedProxies() = default;
  // `list`: networks separated by commas (the setting http.trusted_proxies). Error gm-config-invalid-value.
  static Result<TrustedProxies> parse(std::string_view list);

  // Text of the client's address; empty when a trusted proxy does not say it. X-Forwarded-For is believed from its end
  // as far as trusted proxies wrote it: what stands before, a client may have made up.
  std::string client_of(const http::Request& request) const;

 private:
  bool trusts(const IpAddress& address) const;

  std::vector<IpNetwork> networks_;
};

}  // namespace gm::event_ingestion
