#include "services/users/sign_in.h"

#include "lib/security/keys.h"
#include "lib/security/secret_text.h"
#include "lib/telemetry/catalog_users.h"
#include "services/users/email.h"

namespace gm::users {
namespace {

constexpr size_t kAgentBytesMax = 200;

std::string user_object(int64_t user) { return "user:" + std::to_string(user); }

// How the counter names what came of an attempt.
std::string_view outcome_of(const std::string& code) {
  if (code == "gm-login-failed") return "failed";
  if (code == "gm-login-locked") return "locked";
  if (code == "gm-rate-limited") return "rate_limited";
  return "unavailable";
}

}  // namespace

Result<SignedIn> SignIn::login(std::string_view email, std::string_view password, std::string_view from,
                               std::string_view agent) {
  auto done = attempt(email, password, from, agent);
  d_.telemetry.counter(telemetry::kUsersLogins, {done ? "ok" : outcome_of(done.error().code)}).add();
  return done;
}

Result<SignedIn> SignIn::attempt(std::string_view email, std::string_view password, std::string_view from,
                                 std::string_view agent) {
  if (!limiter_.take(from))
    return Error{"gm-rate-limited", "too many attempts to sign in from this address; try again in a minute"};
  const auto normal = normal_email(email);
  // Nobody has such an address; what is said of it is what is said of a wrong password.
  if (!normal) return Error{"gm-login-failed", "address or password is wrong"};
  const auto user = d_.store.user_of(*normal);
  if (!user) return user.error();
  if (auto right = check_password(*user, *normal, password); !right) {
    if (*user && right.error().code == "gm-login-failed") {
      const Actor actor{user_object((*user)->id), std::string(from)};
      (void)d_.store.note(audit_entry(actor, 0, d_.clock.now_ms(), {"login.failed", actor.name, "", ""}));
    }
    return right.error();
  }
  return begin(**user, from, agent);
}

Status SignIn::check_password(const std::optional<identity::User>& user, std::string_view email,
                              std::string_view password) {
  // Kept for addresses that nobody has, too: else a lockout would tell which there are.
  const std::string subject = security::hash_key(email);
  const auto failures = d_.store.login_failures(subject);
  if (!failures) return failures.error();
  if (failures->locked_until_ms > d_.clock.now_ms())
    return Error{"gm-login-locked", "too many wrong passwords; try again later"};
  const bool usable = user && !user->disabled_ms;
  const auto right = d_.passwords.fits(password, usable ? user->password : std::string());
  if (!right) return right.error();
  if (!*right) return refuse(subject, *failures);
  return failures->count == 0 ? Status() : d_.store.clear_login_failures(subject);
}

Status SignIn::refuse(const std::string& subject, identity::LoginFailures failures) {
  const int64_t now = d_.clock.now_ms();
  // After a lockout the counting begins anew.
  if (failures.locked_until_ms != 0) failures = {};
  if (++failures.count >= settings_.lockout_failures) failures.locked_until_ms = now + settings_.lockout_ms;
  const auto noted = d_.store.note_login_failure(subject, failures, now, now - settings_.lockout_ms);
  return noted ? Status(Error{"gm-login-failed", "address or password is wrong"}) : noted;
}

Result<SignedIn> SignIn::begin(const identity::User& user, std::string_view from, std::string_view agent) {
  const std::string secret = security::make_secret_text(kSessionPrefix, d_.random);
  identity::Session wanted;
  wanted.user = user.id;
  wanted.hash = security::hash_key(secret);
  wanted.peer = from;
  wanted.agent = agent.substr(0, kAgentBytesMax);
  const int64_t now = d_.clock.now_ms();
  const auto session = d_.store.create_session(
      wanted, settings_.sessions_max, now - settings_.session_lifetime_ms,
      audit_entry({user_object(user.id), std::string(from)}, 0, now, {"login.done", "session:", "", ""}));
  if (!session) return session.error();
  return SignedIn{user, *session, secret};
}

Status SignIn::logout(const Caller& caller) {
  return d_.store.end_session(caller.user, caller.session,
                              audit_entry(caller.actor(), 0, d_.clock.now_ms(),
                                          {"session.ended", "session:" + std::to_string(caller.session), "", ""}));
}

Status SignIn::change_password(const Caller& caller, std::string_view current, std::string_view wanted) {
  const auto user = d_.store.user(caller.user);
  if (!user) return user.error();
  if (!*user) return Error{"gm-user-unknown", "there is no such user"};
  if (auto right = check_password(*user, (*user)->email, current); !right) return right;
  const auto hash = d_.passwords.hash(wanted);
  if (!hash) return hash.error();
  return d_.store.set_password(
      caller.user, *hash, caller.session,
      audit_entry(caller.actor(), 0, d_.clock.now_ms(), {"password.changed", user_object(caller.user), "", ""}));
}

}  // namespace gm::users
