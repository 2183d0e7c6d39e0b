#pragma once
// The settings oidc.*.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/config/settings.h"
#include "lib/identity/rights.h"

namespace gm::users {

struct OidcSettings {
  std::string issuer;  // empty: off
  std::string client_id, client_secret;
  std::string label;
  std::string public_url;                      // without a slash at its end
  std::vector<std::string> allowed_domains;    // of addresses that the provider vouches for, in lower case
  std::optional<identity::Role> default_role;  // of whoever comes from such a domain and has no account
  int64_t organisation = 0;                    // that he then is a member of

  // All but `client_secret`, which a file holds.
  static OidcSettings from(const config::Settings& settings);
  bool on() const { return !issuer.empty(); }
  // Error gm-config-invalid-value.
  Status check() const;
  bool allows(std::string_view email) const;
  std::string callback() const { return public_url + "/api/v1/oidc/callback"; }
};

// https, or this machine: nobody else reads what goes there.
bool is_safe_url(std::string_view url);

}  // namespace gm::users
