#include "services/users/sign_in.h"

#include "lib/security/keys.h"
#include "lib/security/secret_text.h"
#include "lib/telemetry/catalog_users.h"
#include "services/users/email.h"

namespace gm::users {
namespace {

constexpr size_t kAgentBytesMax = 200;
constexpr int64_t kChallengesMax = 10;  // of one person at once

std::string user_object(int64_t user) { return "user:" + std::to_string(user); }

// How the counter names what came of an attempt.
std::string_view outcome_of(const std::string& code) {
  if (code == "gm-login-failed") return "failed";
  if (code == "gm-login-locked") return "locked";
  if (code == "gm-rate-limited") return "rate_limited";
  if (code == "gm-second-factor-wrong") return "code_wrong";
  return code == "gm-challenge-unknown" ? "challenge_unknown" : "unavailable";
}

Error too_often() {
  return {"gm-rate-limited", "too many attempts to sign in from this address; try again in a minute"};
}

}  // namespace

Result<LoginAnswer> SignIn::login(std::string_view email, std::string_view password, const LoginOrigin& origin,
                                  int64_t invitation) {
  return counted(attempt(email, password, origin, invitation));
}

Result<LoginAnswer> SignIn::proven(const identity::User& user, const LoginOrigin& origin, int64_t invitation) {
  return counted(after_first_step(user, origin, invitation));
}

Result<LoginAnswer> SignIn::counted(Result<LoginAnswer> done) {
  const std::string_view outcome = !done                                     ? outcome_of(done.error().code)
                                   : std::holds_alternative<SignedIn>(*done) ? "ok"
                                                                             : "challenged";
  d_.telemetry.counter(telemetry::kUsersLogins, {outcome}).add();
  return done;
}

Result<LoginAnswer> SignIn::attempt(std::string_view email, std::string_view password, const LoginOrigin& origin,
                                    int64_t invitation) {
  if (!limiter_.take(origin.from)) return too_often();
  const auto normal = normal_email(email);
  // Nobody has such an address; what is said of it is what is said of a wrong password.
  if (!normal) return Error{"gm-login-failed", "address or password is wrong"};
  const auto user = d_.store.user_of(*normal);
  if (!user) return user.error();
  if (auto right = d_.proofs.password(*user, *normal, password); !right) {
    if (*user && right.error().code == "gm-login-failed")
      note({user_object((*user)->id), std::string(origin.from)}, "login.failed");
    return right.error();
  }
  return after_first_step(**user, origin, invitation);
}

Result<LoginAnswer> SignIn::after_first_step(const identity::User& user, const LoginOrigin& origin,
                                             int64_t invitation) {
  if (user.second_factor) return challenge(user, invitation);
  auto begun = begin(user, origin);
  if (!begun) return begun.error();
  return LoginAnswer(std::move(*begun));
}

void SignIn::note(const Actor& actor, std::string_view action) {
  (void)d_.store.note(audit_entry(actor, 0, d_.clock.now_ms(), {std::string(action), actor.name, "", ""}));
}

Result<LoginAnswer> SignIn::challenge(const identity::User& user, int64_t invitation) {
  const int64_t now = d_.clock.now_ms();
  std::string secret = security::make_secret_text(kChallengePrefix, d_.random);
  const int64_t expires = now + settings_.challenge_lifetime_ms;
  const auto kept =
      d_.store.create_challenge({0, user.id, invitation, security::hash_key(secret), now, expires}, kChallengesMax);
  if (!kept) return kept.error();
  return LoginAnswer(Challenge{std::move(secret), expires});
}

Result<SignIn::Answered> SignIn::answer(std::string_view challenge, std::string_view code, const LoginOrigin& origin) {
  auto done = attempt_answer(challenge, code, origin);
  d_.telemetry.counter(telemetry::kUsersLogins, {done ? "ok" : outcome_of(done.error().code)}).add();
  return done;
}

Result<SignIn::Answered> SignIn::attempt_answer(std::string_view challenge, std::string_view code,
                                                const LoginOrigin& origin) {
  const Error unknown{"gm-challenge-unknown",
                      "this has waited too long, was tried too often or is done; sign in again"};
  if (!limiter_.take(origin.from)) return too_often();
  const auto found =
      d_.store.try_challenge(security::hash_key(challenge), d_.clock.now_ms(), settings_.challenge_attempts_max);
  if (!found) return found.error();
  if (!*found) return unknown;
  const auto user = d_.store.user((*found)->user);
  if (!user) return user.error();
  if (!*user || (*user)->disabled_ms || !(*user)->second_factor) return unknown;
  const Actor actor{user_object((*user)->id), std::string(origin.from)};
  if (auto right = d_.proofs.code(**user, code, actor); !right) {
    if (right.error().code == "gm-second-factor-wrong") note(actor, "login.code_failed");
    return right.error();
  }
  // Of two requests with one challenge and two right codes one gets the session.
  const auto ended = d_.store.end_challenge((*found)->id);
  if (!ended) return ended.error();
  if (!*ended) return unknown;
  auto begun = begin(**user, origin);
  if (!begun) return begun.error();
  return Answered{std::move(*begun), (*found)->invitation};
}

Result<SignedIn> SignIn::begin(const identity::User& user, const LoginOrigin& origin) {
  const std::string secret = security::make_secret_text(kSessionPrefix, d_.random);
  identity::Session wanted;
  wanted.user = user.id;
  wanted.hash = security::hash_key(secret);
  wanted.peer = origin.from;
  wanted.agent = origin.agent.substr(0, kAgentBytesMax);
  const int64_t now = d_.clock.now_ms();
  const auto session = d_.store.create_session(
      wanted, settings_.sessions_max, now - settings_.session_lifetime_ms,
      audit_entry({user_object(user.id), std::string(origin.from)}, 0, now, {"login.done", "session:", "", ""}));
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
  if (auto right = d_.proofs.password(*user, (*user)->email, current); !right) return right;
  const auto hash = d_.passwords.hash(wanted);
  if (!hash) return hash.error();
  return d_.store.set_password(
      caller.user, *hash, caller.session,
      audit_entry(caller.actor(), 0, d_.clock.now_ms(), {"password.changed", user_object(caller.user), "", ""}));
}

}  // namespace gm::users
