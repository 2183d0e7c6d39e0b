#pragma once
// The server that signs people in (OpenID Connect Core and Discovery): where it is asked, and what its answers are
// worth.

#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/http/client.h"
#include "lib/security/id_token.h"
#include "services/users/oidc_settings.h"

namespace gm::users {

// Everything outlives this. Thread-safe; calls block on the network. Errors of all: gm-oidc-unavailable.
class OidcProvider {
 public:
  // A body means POST.
  using Fetch = std::function<Result<http::ClientResponse>(const std::string& url, const http::ClientHeaders& headers,
                                                           const std::optional<std::string>& body)>;
  static Fetch over_network();

  OidcProvider(OidcSettings settings, const Clock& clock, Fetch fetch)
      : settings_(std::move(settings)), clock_(clock), fetch_(std::move(fetch)) {}

  // Where a browser is sent to sign in.
  Result<std::string> authorization_url(std::string_view state, std::string_view nonce, std::string_view verifier);
  // Whom the provider means. Errors: gm-oidc-refused (of the code), gm-oidc-token-refused, gm-oidc-key-unknown,
  // gm-oidc-keys-malformed.
  Result<security::IdClaims> exchange(std::string_view code, std::string_view verifier, const std::string& nonce);

 private:
  struct Endpoints {
    std::string authorization, token, keys;
    std::string userinfo;  // empty: there is none
  };
  Result<Endpoints> endpoints();
  Result<Endpoints> read_endpoints();
  Result<security::SigningKeys> keys(const std::string& url, bool fresh);
  struct Tokens {
    std::string id, access;
  };
  Result<Tokens> tokens(const Endpoints& at, std::string_view code, std::string_view verifier);
  Result<security::IdClaims> checked(const Endpoints& at, const std::string& id_token, const std::string& nonce);
  // Many providers tell the address there only (OpenID Connect Core, 5.4).
  Status add_userinfo(const Endpoints& at, const std::string& access_token, security::IdClaims& claims);
  Result<nlohmann::json> read_object(const std::string& url, const std::optional<std::string>& body,
                                     const http::ClientHeaders& headers);

  const OidcSettings settings_;
  const Clock& clock_;
  const Fetch fetch_;
  std::mutex mutex_;
  std::optional<Endpoints> endpoints_;
  std::optional<security::SigningKeys> keys_;
  int64_t endpoints_ns_ = 0, keys_ns_ = 0;  // when they were read
  std::optional<int64_t> failed_ns_;        // when the document last could not be
};

// PKCE (RFC 7636): what the provider is told of `verifier` beforehand.
std::string pkce_challenge(std::string_view verifier);

}  // namespace gm::users
