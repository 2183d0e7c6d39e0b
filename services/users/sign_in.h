#pragma once
// Signing in and out: passwords, lockout, sessions.

#include <string>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/base/result.h"
#include "lib/identity/identity_store.h"
#include "lib/identity/password.h"
#include "lib/telemetry/metrics.h"
#include "services/users/caller.h"
#include "services/users/login_limiter.h"
#include "services/users/user_settings.h"

namespace gm::users {

struct SignedIn {
  identity::User user;
  identity::Session session;
  std::string secret;  // "gm_us_...": shown once
};

// Everything outlives this. Thread-safe; calls block.
class SignIn {
 public:
  struct Dependencies {
    identity::IdentityStore& store;
    identity::Passwords& passwords;
    const Clock& clock;
    Random& random;
    telemetry::Registry& telemetry;
  };
  SignIn(Dependencies dependencies, const UserSettings& settings)
      : d_(dependencies), settings_(settings), limiter_(settings.login_rate_max, d_.clock) {}

  // Errors: gm-login-failed (whatever is wrong with address or password: which of both is not told), gm-login-locked,
  // gm-rate-limited, gm-users-busy, gm-metadata-unavailable.
  Result<SignedIn> login(std::string_view email, std::string_view password, std::string_view from,
                         std::string_view agent);
  // A session for somebody who has shown who he is otherwise.
  Result<SignedIn> begin(const identity::User& user, std::string_view from, std::string_view agent);
  Status logout(const Caller& caller);
  // Ends all other sessions. Errors: gm-login-failed, gm-login-locked, gm-password-weak, gm-users-busy.
  Status change_password(const Caller& caller, std::string_view current, std::string_view wanted);

 private:
  Result<SignedIn> attempt(std::string_view email, std::string_view password, std::string_view from,
                           std::string_view agent);
  // Whether it is his password, with the lockout that wrong ones lead to.
  Status check_password(const std::optional<identity::User>& user, std::string_view email, std::string_view password);
  Status refuse(const std::string& subject, identity::LoginFailures failures);

  const Dependencies d_;
  const UserSettings settings_;
  LoginLimiter limiter_;
};

inline constexpr std::string_view kSessionPrefix = "gm_us_";

}  // namespace gm::users
