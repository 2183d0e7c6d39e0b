#pragma once
// Addresses of the public Internet, told from those that only mean something inside a network: what a server may be
// made to call by somebody who merely names a URL.

#include <string_view>
#include <vector>

#include "lib/base/ip_address.h"
#include "lib/base/result.h"

namespace gm::security {

// False for everything that the IANA special-purpose address registries (RFC 6890 and its updates) keep from the public
// Internet, multicast, tunnels that carry an IPv4 address inside (6to4, Teredo, NAT64), and the addresses at which
// clouds tell a machine its credentials.
bool is_public_address(const IpAddress& address);

// Networks that may be called although they are not public: one's own. "10.1.0.0/16, 127.0.0.1"; empty: none.
class AllowedNetworks {
 public:
  AllowedNetworks() = default;
  // Error gm-config-invalid-value.
  static Result<AllowedNetworks> parse(std::string_view list);
  bool may_call(const IpAddress& address) const;

 private:
  std::vector<IpNetwork> networks_;
};

}  // namespace gm::security
