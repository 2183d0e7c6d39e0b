#pragma once
// Another password for whoever reads the mail of an account.

#include <string>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/base/result.h"
#include "lib/identity/identity_store.h"
#include "lib/identity/password.h"
#include "services/users/letters.h"
#include "services/users/login_limiter.h"
#include "services/users/user_settings.h"

namespace gm::users {

inline constexpr std::string_view kResetPrefix = "gm_rs_";

// Everything outlives this. Thread-safe; calls block.
class PasswordResets {
 public:
  struct Dependencies {
    identity::IdentityStore& store;
    identity::Passwords& passwords;
    Letters& letters;
    const Clock& clock;
    Random& random;
  };
  PasswordResets(Dependencies dependencies, const UserSettings& settings)
      : d_(dependencies), settings_(settings), limiter_(settings.reset_rate_max, d_.clock) {}

  // Does nothing but put a letter in the queue: whether there is such an account is looked up by whoever sends it, so
  // neither answer nor time tells. Errors: gm-mail-off, gm-rate-limited, gm-users-busy.
  Status request(std::string_view email, std::string_view from);
  // Ends all sessions of the person; the lockout and the second factor stay. The person's number. Errors:
  // gm-reset-unknown, gm-password-weak, gm-rate-limited, gm-users-busy, gm-metadata-unavailable.
  Result<int64_t> accept(std::string_view secret, std::string_view password, std::string_view from);

 private:
  Result<std::optional<identity::Letter>> write(std::string_view email, std::string_view from);

  const Dependencies d_;
  const UserSettings settings_;
  LoginLimiter limiter_;
};

}  // namespace gm::users
