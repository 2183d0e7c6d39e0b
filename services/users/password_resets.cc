#include "services/users/password_resets.h"

#include "lib/base/time.h"
#include "lib/security/keys.h"
#include "lib/security/secret_text.h"
#include "services/users/account_letters.h"
#include "services/users/actor.h"
#include "services/users/email.h"

namespace gm::users {
namespace {

std::string user_object(int64_t user) { return "user:" + std::to_string(user); }

Error too_often() { return {"gm-rate-limited", "too many attempts from this address; try again in a minute"}; }

}  // namespace

Status PasswordResets::request(std::string_view email, std::string_view from) {
  if (!d_.letters.sends())
    return Error{"gm-mail-off", "this server sends no mail; ask whoever runs it for a new password"};
  if (!limiter_.take(from)) return too_often();
  const bool posted = d_.letters.post(
      "reset", [this, email = std::string(email), from = std::string(from)] { return write(email, from); });
  return posted ? Status() : Status(Error{"gm-users-busy", "too many letters are waiting; try again in a minute"});
}

Result<std::optional<identity::Letter>> PasswordResets::write(std::string_view email, std::string_view from) {
  const std::optional<identity::Letter> nobody;
  const auto normal = normal_email(email);
  if (!normal) return nobody;
  const auto user = d_.store.user_of(*normal);
  if (!user) return user.error();
  if (!*user || (*user)->disabled_ms) return nobody;
  const int64_t now = d_.clock.now_ms();
  const std::string secret = security::make_secret_text(kResetPrefix, d_.random);
  const identity::PasswordReset wanted{0, (*user)->id, security::hash_key(secret), now,
                                       now + settings_.reset_lifetime_ms};
  // Whoever asked has shown nothing of himself.
  const auto made = d_.store.create_password_reset(
      wanted, settings_.reset_letters_max, kMsPerHour,
      audit_entry({"anybody", std::string(from)}, 0, now, {"password.reset_asked", user_object((*user)->id), "", ""}));
  if (!made) return made.error();
  if (!*made) return nobody;
  return std::optional(reset_letter({*normal, settings_.public_url, secret, wanted.expires_ms}, from));
}

Result<int64_t> PasswordResets::accept(std::string_view secret, std::string_view password, std::string_view from) {
  if (!limiter_.take(from)) return too_often();
  const auto reset = d_.store.password_reset_of(security::hash_key(secret), d_.clock.now_ms());
  if (!reset) return reset.error();
  if (!*reset) return Error{"gm-reset-unknown", "this link was used or has ended; ask for another"};
  const auto hash = d_.passwords.hash(password);
  if (!hash) return hash.error();
  const Actor actor{user_object((*reset)->user), std::string(from)};
  const auto taken = d_.store.take_password_reset(
      **reset, *hash, audit_entry(actor, 0, d_.clock.now_ms(), {"password.reset", actor.name, "", ""}));
  if (!taken) return taken.error();
  return (*reset)->user;
}

}  // namespace gm::users
