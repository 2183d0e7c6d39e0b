#pragma once
// The settings users.*.

#include <cstdint>
#include <string>

#include "lib/config/settings.h"
#include "lib/identity/password.h"

namespace gm::users {

struct UserSettings {
  identity::PasswordSettings password;
  int64_t session_idle_ms = 0;
  int64_t session_lifetime_ms = 0;
  int64_t sessions_max = 0;  // of one user
  int64_t lockout_failures = 0;
  int64_t lockout_ms = 0;
  int64_t login_rate_max = 0;  // a minute, of one address
  int64_t challenge_lifetime_ms = 0;
  int64_t challenge_attempts_max = 0;
  std::string second_factor_issuer;
  int64_t invitation_lifetime_ms = 0;
  std::string public_url;  // without a slash at its end
  int64_t reset_lifetime_ms = 0;
  int64_t reset_letters_max = 0;  // an hour, to one person
  int64_t reset_rate_max = 0;     // a minute, of one address
  int64_t letters_waiting_max = 0;
  int64_t token_lifetime_max_ms = 0;
  int64_t key_overlap_max_ms = 0;
  bool cookie_secure = false;

  static UserSettings from(const config::Settings& settings);
};

}  // namespace gm::users
