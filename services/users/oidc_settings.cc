#include "services/users/oidc_settings.h"

#include <algorithm>

namespace gm::users {
namespace {

std::vector<std::string> domains_of(std::string_view text) {
  std::vector<std::string> list;
  std::string one;
  for (const char c : std::string(text) + ",") {
    if (c != ',' && c != ' ') {
      one += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    } else if (!one.empty()) {
      list.push_back(std::move(one));
      one.clear();
    }
  }
  return list;
}

Error invalid(std::string_view what) { return {"gm-config-invalid-value", std::string(what)}; }

}  // namespace

bool is_safe_url(std::string_view url) {
  if (std::ranges::any_of(url, [](char c) { return c <= ' ' || c == '#' || c == '@' || c == '\\' || c == '\x7f'; }))
    return false;
  constexpr std::string_view kTls = "https://";
  if (url.starts_with(kTls)) return url.size() > kTls.size() && url[kTls.size()] != '/';
  for (const std::string_view here : {"http://127.0.0.1", "http://localhost", "http://[::1]"}) {
    if (!url.starts_with(here)) continue;
    const std::string_view rest = url.substr(here.size());
    return rest.empty() || rest.front() == ':' || rest.front() == '/';
  }
  return false;
}

OidcSettings OidcSettings::from(const config::Settings& settings) {
  OidcSettings made;
  made.issuer = settings.text("oidc.issuer");
  made.client_id = settings.text("oidc.client_id");
  made.label = settings.text("oidc.label");
  made.public_url = settings.text("users.public_url");
  while (made.public_url.ends_with('/')) made.public_url.pop_back();
  made.allowed_domains = domains_of(settings.text("oidc.allowed_domains"));
  made.default_role = identity::parse_role(settings.text("oidc.default_role"));
  made.organisation = settings.integer("oidc.organisation");
  return made;
}

Status OidcSettings::check() const {
  if (!on()) return {};
  if (!is_safe_url(issuer) || issuer.find('?') != std::string::npos)
    return invalid("oidc.issuer begins with https://, as the provider's ID tokens have it");
  if (client_id.empty()) return invalid("oidc.issuer needs oidc.client_id");
  if (!is_safe_url(public_url))
    return invalid("oidc.issuer needs users.public_url, with https://: the provider sends people back there");
  if (default_role == identity::Role::owner) return invalid("oidc.default_role is no owner");
  return {};
}

bool OidcSettings::allows(std::string_view email) const {
  const std::string_view domain = email.substr(email.rfind('@') + 1);
  return std::ranges::find(allowed_domains, domain) != allowed_domains.end();
}

}  // namespace gm::users
