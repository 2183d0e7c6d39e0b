#include "services/users/credentials.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "lib/base/time.h"
#include "lib/security/keys.h"
#include "lib/security/secret_text.h"
#include "lib/telemetry/catalog_users.h"
#include "services/users/sign_in.h"

namespace gm::users {
namespace {

// How old the moment may be at which a session or a token was last seen: so that not every request writes.
constexpr int64_t kSeenEveryMs = kMsPerMinute;

bool changes_something(const http::Request& request) {
  return request.method != http::Method::get && request.method != http::Method::head;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::string_view cookie_of(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const size_t end = std::min(header.find(';'), header.size());
    const std::string_view pair = trimmed(header.substr(0, end));
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
      return pair.substr(name.size() + 1);
    header.remove_prefix(std::min(end + 1, header.size()));
  }
  return {};
}

std::optional<uint32_t> project_number(std::string_view text) {
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string csrf_token(std::string_view session_secret) {
  std::string text;
  for (const char byte : security::hash_key(fmt::format("csrf {}", session_secret)))
    text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

std::string_view Credentials::cookie_name() const {
  // The prefix makes browsers insist on Secure and on this very host.
  return settings_.cookie_secure ? "__Host-gm_session" : "gm_session";
}

std::string Credentials::cookie(std::string_view secret) const {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}", cookie_name(), secret,
                     settings_.session_lifetime_ms / kMsPerSecond, settings_.cookie_secure ? "; Secure" : "");
}

std::string Credentials::no_cookie() const {
  return fmt::format("{}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{}", cookie_name(),
                     settings_.cookie_secure ? "; Secure" : "");
}

std::string_view Credentials::oidc_cookie_of(const http::Request& request) const {
  return cookie_of(request.header("cookie"), oidc_cookie_name());
}

// A bearer wins over a cookie: a page that is signed in may use a key all the same.
Credentials::Shown Credentials::shown_by(const http::Request& request) const {
  if (const auto header = request.header("authorization"); !header.empty())
    return {security::KeyRing::bearer(header), false};
  return {cookie_of(request.header("cookie"), cookie_name()), true};
}

bool Credentials::concerns(const http::Request& request) const {
  const Shown shown = shown_by(request);
  return shown.secret.starts_with(kSessionPrefix) || shown.secret.starts_with(kPersonalPrefix) ||
         shown.secret.starts_with(kServicePrefix);
}

Error Credentials::refused(std::string_view reason, Error error) const {
  d_.telemetry.counter(telemetry::kUsersRefused, {reason}).add();
  return error;
}

Result<Caller> Credentials::caller_of(const http::Request& request) const {
  const Shown shown = shown_by(request);
  if (shown.secret.empty())
    return refused("missing", {"gm-key-missing", "sign in (POST /api/v1/login) or send 'Authorization: Bearer ...'"});
  if (security::is_secret_text(kSessionPrefix, shown.secret)) return of_session(shown, request);
  const bool token =
      security::is_secret_text(kPersonalPrefix, shown.secret) || security::is_secret_text(kServicePrefix, shown.secret);
  if (token && !shown.by_cookie) return of_token(shown, request);
  return refused("unknown", {"gm-session-unknown", "this credential is no session and no token"});
}

Result<Caller> Credentials::of_session(const Shown& shown, const http::Request& request) const {
  const Error unknown{"gm-session-unknown", "the session has ended; sign in again"};
  const auto session = d_.store.session_of(security::hash_key(shown.secret));
  if (!session) return session.error();
  const int64_t now = d_.clock.now_ms();
  if (!*session || now >= (*session)->created_ms + settings_.session_lifetime_ms ||
      now >= (*session)->seen_ms + settings_.session_idle_ms)
    return refused("session", unknown);
  const auto user = d_.store.user((*session)->user);
  if (!user) return user.error();
  if (!*user || (*user)->disabled_ms) return refused("session", unknown);
  // The comparison's time tells nothing: both sides are hashes of what a guesser does not have.
  if (shown.by_cookie && changes_something(request) && request.header("x-csrf-token") != csrf_token(shown.secret))
    return refused("csrf", {"gm-csrf-missing", "a change by cookie needs the header X-CSRF-Token as login gave it"});
  auto memberships = d_.store.memberships((*user)->id);
  if (!memberships) return memberships.error();
  if (now - (*session)->seen_ms >= kSeenEveryMs) {
    if (const auto kept = d_.store.session_seen((*session)->id, now); !kept) return kept.error();
  }
  Caller caller;
  caller.user = (*user)->id;
  caller.session = (*session)->id;
  caller.memberships = std::move(*memberships);
  caller.from = address_of(request);
  return caller;
}

Result<Caller> Credentials::of_token(const Shown& shown, const http::Request& request) const {
  const Error unknown{"gm-token-unknown", "this token is not known here, has expired or was revoked"};
  const auto token = d_.store.token_of(security::hash_key(shown.secret));
  if (!token) return token.error();
  const int64_t now = d_.clock.now_ms();
  if (!*token || (*token)->revoked_ms || ((*token)->expires_ms && now >= *(*token)->expires_ms))
    return refused("token", unknown);
  Caller caller;
  caller.token = (*token)->id;
  caller.user = (*token)->user;
  caller.scopes = (*token)->scopes;
  caller.from = address_of(request);
  caller.memberships = {{(*token)->organisation, (*token)->role}};
  if (caller.user != 0) {
    const auto user = d_.store.user(caller.user);
    if (!user) return user.error();
    if (!*user || (*user)->disabled_ms) return refused("token", unknown);
    auto memberships = d_.store.memberships(caller.user);
    if (!memberships) return memberships.error();
    caller.memberships = std::move(*memberships);
  }
  if (now - (*token)->used_ms.value_or(0) >= kSeenEveryMs) {
    if (const auto kept = d_.store.token_used(caller.token, now); !kept) return kept.error();
  }
  return caller;
}

Result<security::Principal> Credentials::principal_of(const http::Request& request) const {
  const auto caller = caller_of(request);
  if (!caller) return caller.error();
  const auto number = project_number(request.header("x-project"));
  if (!number)
    return Error{"gm-project-unnamed", "say which project with the header X-Project, as GET /api/v1/me lists them"};
  const auto projects = d_.store.owned_projects();
  if (!projects) return projects.error();
  const auto found = std::ranges::find_if(
      *projects, [&](const identity::OwnedProject& one) { return one.project.id.value() == *number; });
  // A project of others is as unknown as one that never was.
  if (found == projects->end() || !caller->role_in(found->organisation))
    return refused("project", {"gm-project-unknown", "there is no such project"});
  const identity::RouteRow* row =
      identity::find_route(request.method == http::Method::head ? http::Method::get : request.method, request.path);
  if (row == nullptr || row->reach != identity::Reach::key)
    return refused("right", {"gm-right-missing", "your role or the token's scopes do not allow this"});
  if (!caller->may(found->organisation, *row->action)) {
    const bool lacks = caller->lacks_second_factor(found->organisation);
    return refused(lacks ? "second_factor" : "right", caller->refusal(found->organisation));
  }
  return security::Principal{found->project.id, security::KeyKind::project,
                             identity::asker_number(caller->user, caller->token)};
}

}  // namespace gm::users
