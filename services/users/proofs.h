#pragma once
// Whether somebody is who he says: his password, a code of his second factor, and the lockout that too many wrong ones
// of both lead to.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/base/result.h"
#include "lib/identity/identity_store.h"
#include "lib/identity/password.h"
#include "lib/identity/seal.h"
#include "services/users/actor.h"
#include "services/users/user_settings.h"

namespace gm::users {

inline constexpr size_t kRecoveryCodes = 10;

// What the secret of a person's second factor is sealed for.
std::string second_factor_purpose(int64_t user);
// "4xk2-9d0m-...": 24 characters of Crockford base32, 120 random bits, in six groups.
std::string make_recovery_code(Random& random);
// As people type codes: without the blanks and hyphens between groups.
std::string without_gaps(std::string_view text);
// As it is kept; hyphens, blanks, capitals and the letters that look like a digit make no difference.
std::string recovery_hash(std::string_view code);

// Everything outlives this. Thread-safe; calls block. Errors of all: gm-login-locked, gm-metadata-unavailable.
class Proofs {
 public:
  struct Dependencies {
    identity::IdentityStore& store;
    identity::Passwords& passwords;
    const identity::Seal& seal;
    const Clock& clock;
  };
  Proofs(Dependencies dependencies, const UserSettings& settings)
      : d_(dependencies), lockout_{settings.lockout_failures, settings.lockout_ms} {}

  // Of the account with this address, if there is one; an address that nobody has is locked as any other. Errors:
  // gm-login-failed, gm-users-busy.
  Status password(const std::optional<identity::User>& user, std::string_view email, std::string_view text);
  // Of somebody whose second factor is on: a code of his app or a recovery code, each taken once. Only he who has shown
  // this as well starts anew with the lockout. Errors: gm-second-factor-wrong, gm-secret-unreadable.
  Status code(const identity::User& user, std::string_view text, const Actor& actor);

 private:
  Result<bool> is_code(int64_t user, std::string_view text, const Actor& actor);
  Result<bool> is_app_code(int64_t user, std::string_view digits);

  const Dependencies d_;
  const identity::Lockout lockout_;
};

}  // namespace gm::users
