#include "lib/security/public_address.h"

#include <algorithm>
#include <string>

namespace gm::security {
namespace {

std::vector<IpNetwork> networks_of(std::initializer_list<std::string_view> texts) {
  std::vector<IpNetwork> networks;
  for (const std::string_view text : texts) networks.push_back(IpNetwork::parse(text).value());
  return networks;
}

const std::vector<IpNetwork>& closed_v4() {
  static const std::vector<IpNetwork> networks = networks_of({
      "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
      "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
      "224.0.0.0/4", "240.0.0.0/4",
      "168.63.129.16",  // the host of an Azure machine: public by its number only
  });
  return networks;
}

// Of IPv6 only what is given out is open at all.
const std::vector<IpNetwork>& open_v6() {
  static const std::vector<IpNetwork> networks = networks_of({"2000::/3"});
  return networks;
}

const std::vector<IpNetwork>& closed_v6() {
  static const std::vector<IpNetwork> networks = networks_of({"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"});
  return networks;
}

bool in_any(const std::vector<IpNetwork>& networks, const IpAddress& address) {
  return std::ranges::any_of(networks, [&](const IpNetwork& network) { return network.holds(address); });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

bool is_public_address(const IpAddress& address) {
  if (address.is_v4()) return !in_any(closed_v4(), address);
  return in_any(open_v6(), address) && !in_any(closed_v6(), address);
}

Result<AllowedNetworks> AllowedNetworks::parse(std::string_view list) {
  AllowedNetworks allowed;
  while (!list.empty()) {
    const size_t comma = list.find(',');
    const std::string_view text = trimmed(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    if (text.empty()) continue;
    const auto network = IpNetwork::parse(text);
    if (!network) {
      return Error{"gm-config-invalid-value",
                   "'" + std::string(text) + "' is no network such as 10.1.0.0/16 (bits behind the prefix are 0)"};
    }
    allowed.networks_.push_back(*network);
  }
  return allowed;
}

bool AllowedNetworks::may_call(const IpAddress& address) const {
  return is_public_address(address) || in_any(networks_, address);
}

}  // namespace gm::security
