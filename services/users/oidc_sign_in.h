#pragma once
// Signing in by another server: authorization code with PKCE, state and nonce. What a sign-in under way is about
// travels in the browser's cookie, sealed, so that nothing is kept for people who never come back.

#include <string>
#include <string_view>

#include "lib/identity/seal.h"
#include "services/users/memberships.h"
#include "services/users/oidc_provider.h"
#include "services/users/sign_in.h"

namespace gm::users {

inline constexpr int64_t kOidcSignInMs = 600'000;  // how long signing in at the provider may take

struct OidcBegun {
  std::string url;     // at the provider
  std::string cookie;  // base64url
};

// What the provider sends the browser back with.
struct OidcReturn {
  std::string code, state;
  std::string issuer;  // RFC 9207; empty: it does not say
  std::string error;   // empty: none
};

// Everything outlives this. Thread-safe; calls block. Errors of all: gm-oidc-off, gm-oidc-unavailable,
// gm-rate-limited.
class OidcSignIn {
 public:
  struct Dependencies {
    identity::IdentityStore& store;
    SignIn& sign_in;
    Memberships& memberships;
    OidcProvider& provider;
    const identity::Seal& seal;
    const Clock& clock;
    Random& random;
  };
  // `rate_max`: how often a minute one address may begin or finish.
  OidcSignIn(Dependencies dependencies, OidcSettings settings, int64_t rate_max)
      : d_(dependencies), settings_(std::move(settings)), limiter_(rate_max, d_.clock) {}

  const OidcSettings& settings() const { return settings_; }
  // `invitation`: its secret, that he takes by it; empty: none.
  Result<OidcBegun> begin(std::string_view invitation, std::string_view from);
  // Errors: gm-oidc-state-wrong (another browser's, or too late), gm-oidc-refused, gm-oidc-account-unknown (nobody
  // here, and not let in), those of OidcProvider::exchange() and SignIn::proven().
  Result<LoginAnswer> finish(std::string_view cookie, const OidcReturn& returned, const LoginOrigin& origin);

 private:
  struct UnderWay {
    std::string state, nonce, verifier, invitation;
  };
  Status may_try(std::string_view from);
  Result<UnderWay> open(std::string_view cookie, std::string_view state) const;
  Result<identity::User> account(const security::IdClaims& claims, const std::optional<identity::Invitation>& invited,
                                 const LoginOrigin& origin);
  Result<identity::User> new_account(const security::IdClaims& claims, const std::string& email, bool member,
                                     const LoginOrigin& origin);

  const Dependencies d_;
  const OidcSettings settings_;
  LoginLimiter limiter_;
};

}  // namespace gm::users
