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
  made.invitation_lifetime_ms = settings.duration_ms("users.invitation_lifetime");
  made.token_lifetime_max_ms = settings.duration_ms("users.token_lifetime_max");
  made.key_overlap_max_ms = settings.duration_ms("users.key_overlap_max");
  made.cookie_secure = settings.boolean("users.cookie_secure") || !settings.text("http.tls.certificate").empty();
  return made;
}

}  // namespace gm::users
