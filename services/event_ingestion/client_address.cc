#include "services/event_ingestion/client_address.h"

#include <algorithm>

#include "lib/http/header_text.h"

namespace gm::event_ingestion {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// The last entry of a list separated by commas, which it leaves.
std::string_view take_last(std::string_view& list) {
  const size_t comma = list.rfind(',');
  const std::string_view last = comma == std::string_view::npos ? list : list.substr(comma + 1);
  list = comma == std::string_view::npos ? std::string_view() : list.substr(0, comma);
  return trimmed(last);
}

}  // namespace

Result<TrustedProxies> TrustedProxies::parse(std::string_view list) {
  TrustedProxies made;
  while (!list.empty()) {
    const std::string_view text = take_last(list);
    if (text.empty()) continue;
    const auto network = IpNetwork::parse(text);
    if (!network) {
      return Error{"gm-config-invalid-value", "http.trusted_proxies: '" + std::string(text) +
                                                  "' is not a network such as 10.0.0.0/8 or 2001:db8::/32"};
    }
    made.networks_.push_back(*network);
  }
  return made;
}

bool TrustedProxies::trusts(const IpAddress& address) const {
  return std::ranges::any_of(networks_, [&](const IpNetwork& network) { return network.holds(address); });
}

std::string TrustedProxies::client_of(const http::Request& request) const {
  auto address = IpAddress::parse(request.peer);
  // A header may be there several times: together they are one list.
  for (auto header = request.headers.rbegin(); header != request.headers.rend(); ++header) {
    if (!http::equals_ignoring_case(header->first, "x-forwarded-for")) continue;
    for (std::string_view list = header->second; !list.empty() && address && trusts(*address);)
      address = IpAddress::parse(take_last(list));
  }
  return address && !trusts(*address) ? address->to_string() : std::string();
}

}  // namespace gm::event_ingestion
