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

bool is_host_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || c == '.' || c == '-' || c == '_' || c == '[' || c == ']' || c == ':';
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
  for (const auto& [scheme, port] : {std::pair{"http://", ":80"}, std::pair{"https://", ":443"}}) {
    if (rule.starts_with(scheme) && rule.ends_with(port)) rule.resize(rule.size() - std::string_view(port).size());
  }
  std::string_view host = std::string_view(rule).substr(scheme_end + 3);
  if (host.starts_with(kAnyHostBelow)) host.remove_prefix(kAnyHostBelow.size());
  if (host.empty() || host.front() == '.' || host.front() == ':') return invalid(text);
  if (!std::all_of(host.begin(), host.end(), is_host_character)) return invalid(text);
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
