#include "lib/security/origins.h"

#include <algorithm>

namespace gm::security {
namespace {

constexpr std::string_view kAnyHostBelow = "*.";
constexpr size_t kOriginBytesMax = 300;  // the longest host name has 253

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool equal(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name_character(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == '_'; }

bool is_address_character(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.'; }

// "game.example", "*.game.example" or an IPv6 address in brackets.
bool is_host(std::string_view host) {
  if (host.starts_with('[')) {
    if (host.size() < 4 || !host.ends_with(']')) return false;
    const std::string_view address = host.substr(1, host.size() - 2);
    return std::all_of(address.begin(), address.end(), is_address_character);
  }
  if (host.starts_with(kAnyHostBelow)) host.remove_prefix(kAnyHostBelow.size());
  return !host.empty() && host.front() != '.' && std::all_of(host.begin(), host.end(), is_name_character);
}

// Empty, or ":" and up to five digits.
bool is_port(std::string_view port) {
  if (port.empty()) return true;
  port.remove_prefix(1);
  return !port.empty() && port.size() <= 5 && std::all_of(port.begin(), port.end(), is_digit);
}

// Where ":port" begins; the end of the text without one.
size_t port_begin(std::string_view host_and_port) {
  const size_t address_end = host_and_port.starts_with('[') ? host_and_port.find(']') : 0;
  return std::min(host_and_port.find(':', address_end), host_and_port.size());
}

Error invalid(std::string_view text) {
  return {"gm-origin-invalid", "'" + std::string(text) +
                                   "' is not a web origin: write scheme://host or scheme://host:port, such as "
                                   "https://game.example or https://*.game.example, without a path"};
}

}  // namespace

Result<std::string> parse_origin_rule(std::string_view text) {
  std::string rule(text);
  std::transform(rule.begin(), rule.end(), rule.begin(), lower);
  if (rule == "null") return rule;
  const size_t scheme_end = rule.find("://");
  if (scheme_end == std::string::npos || scheme_end == 0 || rule.size() > kOriginBytesMax) return invalid(text);
  const std::string_view host_and_port = std::string_view(rule).substr(scheme_end + 3);
  const size_t port_at = port_begin(host_and_port);
  const std::string_view port = host_and_port.substr(port_at);
  if (!is_host(host_and_port.substr(0, port_at)) || !is_port(port)) return invalid(text);
  const std::string_view scheme = std::string_view(rule).substr(0, scheme_end);
  const bool implied = (scheme == "http" && port == ":80") || (scheme == "https" && port == ":443");
  if (implied) rule.resize(rule.size() - port.size());
  return rule;
}

bool origin_fits(std::string_view rule, std::string_view origin) {
  const size_t star = rule.find("://*.");
  if (star == std::string_view::npos) return equal(rule, origin);
  const std::string_view scheme = rule.substr(0, star + 3);
  const std::string_view below = rule.substr(star + 4);  // ".game.example"
  if (origin.size() <= scheme.size() + below.size() || !equal(scheme, origin.substr(0, scheme.size()))) return false;
  return equal(below, origin.substr(origin.size() - below.size()));
}

bool any_origin_fits(const std::vector<std::string>& rules, std::string_view origin) {
  return std::any_of(rules.begin(), rules.end(), [&](const auto& rule) { return origin_fits(rule, origin); });
}

}  // namespace gm::security
