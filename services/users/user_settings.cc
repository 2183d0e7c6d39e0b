#include "services/users/user_settings.h"

namespace gm::users {

UserSettings UserSettings::from(const config::Settings& settings) {
  UserSettings made;
  made.password = identity::PasswordSettings::from(settings);
  made.session_idle_ms = settings.duration_ms("users.session_idle_timeout");
  made.session_lifetime_ms = settings.duration_ms("users.session_lifetime");
  made.sessions_max = settings.integer("users.sessions_max");
  made.lockout_failures = settings.integer("users.lockout_failures");
  made.lockout_ms = settings.duration_ms("users.lockout_duration");
  made.login_rate_max = settings.integer("users.login_rate_max");
  made.challenge_lifetime_ms = settings.duration_ms("users.challenge_lifetime");
  made.challenge_attempts_max = settings.integer("users.challenge_attempts_max");
  made.second_factor_issuer = settings.text("users.second_factor_issuer");
  made.invitation_lifetime_ms = settings.duration_ms("users.invitation_lifetime");
  made.public_url = settings.text("users.public_url");
  while (made.public_url.ends_with('/')) made.public_url.pop_back();
  made.reset_lifetime_ms = settings.duration_ms("users.reset_lifetime");
  made.reset_letters_max = settings.integer("users.reset_letters_max");
  made.reset_rate_max = settings.integer("users.reset_rate_max");
  made.letters_waiting_max = settings.integer("users.letters_waiting_max");
  made.token_lifetime_max_ms = settings.duration_ms("users.token_lifetime_max");
  made.key_overlap_max_ms = settings.duration_ms("users.key_overlap_max");
  made.cookie_secure = settings.boolean("users.cookie_secure") || !settings.text("http.tls.certificate").empty();
  return made;
}

}  // namespace gm::users
