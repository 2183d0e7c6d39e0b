#pragma once
// Signing in and out: the steps of it, and sessions.

#include <string>
#include <string_view>
#include <variant>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/base/result.h"
#include "lib/identity/identity_store.h"
#include "lib/identity/password.h"
#include "lib/telemetry/metrics.h"
#include "services/users/caller.h"
#include "services/users/login_limiter.h"
#include "services/users/proofs.h"
#include "services/users/user_settings.h"

namespace gm::users {

struct SignedIn {
  identity::User user;
  identity::Session session;
  std::string secret;  // "gm_us_...": shown once
};

// The password was right, and the second factor is on: what to show together with its code.
struct Challenge {
  std::string secret;  // "gm_lc_..."
  int64_t expires_ms = 0;
};

using LoginAnswer = std::variant<SignedIn, Challenge>;

// Where somebody signs in from.
struct LoginOrigin {
  std::string_view from;  // address
  std::string_view agent;
};

// Everything outlives this. Thread-safe; calls block.
class SignIn {
 public:
  struct Dependencies {
    identity::IdentityStore& store;
    identity::Passwords& passwords;
    Proofs& proofs;
    const Clock& clock;
    Random& random;
    telemetry::Registry& telemetry;
  };
  SignIn(Dependencies dependencies, const UserSettings& settings)
      : d_(dependencies), settings_(settings), limiter_(settings.login_rate_max, d_.clock) {}

  // `invitation`: that he takes by it; 0: none. Errors: gm-login-failed (whatever is wrong with address or password:
  // which of both is not told), gm-login-locked, gm-rate-limited, gm-users-busy, gm-metadata-unavailable.
  Result<LoginAnswer> login(std::string_view email, std::string_view password, const LoginOrigin& origin,
                            int64_t invitation = 0);
  // Of somebody whom another server has signed in: his second factor is asked for all the same. Errors:
  // gm-metadata-unavailable.
  Result<LoginAnswer> proven(const identity::User& user, const LoginOrigin& origin, int64_t invitation);
  struct Answered {
    SignedIn signed_in;
    int64_t invitation = 0;  // that login() was called with
  };
  // The second step: a challenge and a code. Errors: gm-challenge-unknown, gm-second-factor-wrong,
  // gm-secret-unreadable, gm-login-locked, gm-rate-limited, gm-metadata-unavailable.
  Result<Answered> answer(std::string_view challenge, std::string_view code, const LoginOrigin& origin);
  Status logout(const Caller& caller);
  // Ends all other sessions. Errors: gm-login-failed, gm-login-locked, gm-password-weak, gm-users-busy.
  Status change_password(const Caller& caller, std::string_view current, std::string_view wanted);

 private:
  Result<LoginAnswer> attempt(std::string_view email, std::string_view password, const LoginOrigin& origin,
                              int64_t invitation);
  Result<LoginAnswer> after_first_step(const identity::User& user, const LoginOrigin& origin, int64_t invitation);
  Result<LoginAnswer> counted(Result<LoginAnswer> done);
  Result<LoginAnswer> challenge(const identity::User& user, int64_t invitation);
  Result<Answered> attempt_answer(std::string_view challenge, std::string_view code, const LoginOrigin& origin);
  Result<SignedIn> begin(const identity::User& user, const LoginOrigin& origin);
  void note(const Actor& actor, std::string_view action);

  const Dependencies d_;
  const UserSettings settings_;
  LoginLimiter limiter_;
};

inline constexpr std::string_view kSessionPrefix = "gm_us_";
inline constexpr std::string_view kChallengePrefix = "gm_lc_";

}  // namespace gm::users
