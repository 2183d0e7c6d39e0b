#include <algorithm>

#include "lib/base/time.h"
#include "services/users/users_parts.h"

namespace gm::users {
namespace {

using http::Method;
using http::Response;
using Parts = UsersApi::Parts;
using query::ObjectReader;

constexpr size_t kEmailBytesMax = 300;
constexpr size_t kScopesMax = 50;
constexpr int64_t kSecondsMax = 10LL * 366 * 24 * 3600;
constexpr int64_t kMsPerSecondOfBody = 1000;

Json memberships_json(const Caller& caller, const std::vector<identity::Organisation>& organisations,
                      const std::vector<identity::OwnedProject>& projects) {
  Json list = Json::array();
  for (const identity::Organisation& one : organisations) {
    const auto role = caller.role_in(one.id);
    if (!role) continue;
    Json entry = {{"id", one.id},
                  {"name", one.name},
                  {"role", identity::role_name(*role)},
                  {"second_factor_missing", caller.lacks_second_factor(one.id)}};
    entry["actions"] = Json::array();
    for (const identity::ActionRow& row : identity::rights()) {
      if (caller.may(one.id, row.action)) entry["actions"].push_back(row.name);
    }
    entry["projects"] = Json::array();
    for (const identity::OwnedProject& project : projects) {
      if (project.organisation == one.id && caller.may(one.id, identity::Action::see_organisation))
        entry["projects"].push_back(
            {{"id", project.project.id.value()}, {"name", project.project.name}, {"environment", project.environment}});
    }
    list.push_back(std::move(entry));
  }
  return list;
}

Json user_json(const identity::User& user) { return {{"id", user.id}, {"email", user.email}, {"name", user.name}}; }

// What a page asks before it knows anybody: a 401 would tell the same, as an error in the browser's console.
Result<Response> entrance(Parts& parts, Call& call) {
  const auto users = parts.d.store.users();
  if (!users) return users.error();
  const bool signed_in = parts.credentials.concerns(call.request) && bool(parts.credentials.caller_of(call.request));
  return answered({{"people", !users->empty()}, {"signed_in", signed_in}});
}

Result<Response> login(Parts& parts, Call& call) {
  std::string email, password;
  bool bearer = false;
  {
    const auto body = call.body();
    ObjectReader reader(body, "", call.problems);
    email = required_text(reader, "email", kEmailBytesMax);
    password = required_text(reader, "password", kPasswordBytesMax);
    bearer = reader.flag("bearer", false);
  }
  if (!call.problems.empty()) return Response();
  const std::string address = parts.credentials.address_of(call.request);
  const auto done = parts.sign_in.login(email, password, origin_of(call, address));
  if (!done) return done.error();
  return login_answer(parts, *done, bearer);
}

Result<Response> accept(Parts& parts, Call& call) {
  std::string secret, name, password;
  bool bearer = false;
  {
    const auto body = call.body();
    ObjectReader reader(body, "", call.problems);
    secret = required_text(reader, "token", kSecretBytesMax);
    name = reader.text_or("name", kNameBytesMax, "");
    password = required_text(reader, "password", kPasswordBytesMax);
    bearer = reader.flag("bearer", false);
  }
  if (!call.problems.empty()) return Response();
  const std::string address = parts.credentials.address_of(call.request);
  const auto done = parts.memberships.accept(parts.sign_in, secret, name, password, origin_of(call, address));
  if (!done) return done.error();
  return login_answer(parts, *done, bearer);
}

Result<Response> logout(Parts& parts, Call& call) {
  if (const auto done = parts.sign_in.logout(call.caller); !done) return done.error();
  Response response = nothing();
  response.headers.emplace_back("Set-Cookie", parts.credentials.no_cookie());
  return response;
}

Result<Response> change_password(Parts& parts, Call& call) {
  std::string current, wanted;
  {
    const auto body = call.body();
    ObjectReader reader(body, "", call.problems);
    current = required_text(reader, "current", kPasswordBytesMax);
    wanted = required_text(reader, "new", kPasswordBytesMax);
  }
  if (!call.problems.empty()) return Response();
  if (const auto done = parts.sign_in.change_password(call.caller, current, wanted); !done) return done.error();
  parts.notices.tell(call.caller.user, "Your password was changed", call.caller.from);
  return nothing();
}

Result<Response> me(Parts& parts, Call& call) {
  const auto organisations = parts.d.store.organisations();
  if (!organisations) return organisations.error();
  const auto projects = parts.d.store.owned_projects();
  if (!projects) return projects.error();
  Json json = {{"user", nullptr}};
  if (call.caller.user != 0) {
    const auto user = parts.d.store.user(call.caller.user);
    if (!user) return user.error();
    if (*user) json["user"] = user_json(**user);
  }
  json["organisations"] = memberships_json(call.caller, *organisations, *projects);
  json["csrf"] = call.caller.by_session() ? Json(parts.credentials.csrf_of(call.request)) : Json();
  return answered(json);
}

Result<Response> list_sessions(Parts& parts, Call& call) {
  const auto sessions = parts.d.store.sessions(call.caller.user);
  if (!sessions) return sessions.error();
  Json list = Json::array();
  for (const identity::Session& one : *sessions)
    list.push_back({{"id", one.id},
                    {"current", one.id == call.caller.session},
                    {"created_at", format_iso8601(one.created_ms)},
                    {"seen_at", format_iso8601(one.seen_ms)},
                    {"address", one.peer},
                    {"agent", one.agent}});
  return answered({{"sessions", std::move(list)}});
}

Result<Response> end_session(Parts& parts, Call& call) {
  const auto done =
      parts.d.store.end_session(call.caller.user, call.number,
                                audit_entry(call.caller.actor(), 0, parts.d.clock.now_ms(),
                                            {"session.ended", "session:" + std::to_string(call.number), "", ""}));
  // 404 rather than the 401 that one's own ended session means.
  if (!done && done.error().code == "gm-session-unknown")
    return http::problem(404, done.error().code, "you have no such session", call.request.trace_id);
  if (!done) return done.error();
  return nothing();
}

Result<Response> list_tokens(Parts& parts, Call& call) {
  const auto tokens = parts.d.store.tokens(call.caller.user, 0);
  if (!tokens) return tokens.error();
  Json list = Json::array();
  for (const identity::Token& token : *tokens) list.push_back(token_json(token));
  return answered({{"tokens", std::move(list)}});
}

Result<Response> create_token(Parts& parts, Call& call) {
  WantedToken wanted;
  {
    const auto body = call.body();
    ObjectReader reader(body, "", call.problems);
    wanted = read_wanted_token(reader);
  }
  if (!call.problems.empty()) return Response();
  const auto made = parts.tokens.create_personal(call.caller, wanted);
  if (!made) return made.error();
  Json json = token_json(made->token);
  json["token"] = made->secret;
  return answered(json, 201);
}

Result<Response> revoke_token(Parts& parts, Call& call) {
  const auto done = parts.tokens.revoke_personal(call.caller, call.number);
  if (done) return nothing();
  if (done.error().code != "gm-token-unknown") return done.error();
  return http::problem(404, done.error().code, done.error().message, call.request.trace_id);
}

}  // namespace

// The cookie is for browsers; other programs ask for the secret itself, which no page gets to read otherwise.
Response signed_in_answer(const Parts& parts, const SignedIn& done, bool bearer) {
  Json json = {{"user", user_json(done.user)},
               {"session", done.session.id},
               {"csrf", csrf_token(done.secret)},
               {"expires_at", format_iso8601(done.session.created_ms + parts.settings.session_lifetime_ms)}};
  if (bearer) json["token"] = done.secret;
  Response response = answered(json);
  if (!bearer) response.headers.emplace_back("Set-Cookie", parts.credentials.cookie(done.secret));
  return response;
}

Response login_answer(const Parts& parts, const LoginAnswer& done, bool bearer) {
  if (const auto* signed_in = std::get_if<SignedIn>(&done)) return signed_in_answer(parts, *signed_in, bearer);
  const Challenge& challenge = std::get<Challenge>(done);
  return answered({{"second_factor_required", true},
                   {"challenge", challenge.secret},
                   {"expires_at", format_iso8601(challenge.expires_ms)}});
}

LoginOrigin origin_of(const Call& call, const std::string& address) {
  return {address, call.request.header("user-agent")};
}

std::string required_text(ObjectReader& reader, std::string_view name, size_t bytes_max) {
  if (!reader.has(name)) reader.complain(name, "is missing");
  return reader.text(name, bytes_max).value_or("");
}

WantedToken read_wanted_token(ObjectReader& reader) {
  WantedToken wanted;
  wanted.name = required_text(reader, "name", kNameBytesMax);
  if (!reader.has("scopes")) reader.complain("scopes", "is missing: what the token may do");
  for (const nlohmann::json* each : reader.list("scopes", kScopesMax)) {
    const auto action = each->is_string() ? identity::parse_action(each->get<std::string>()) : std::nullopt;
    if (!action) {
      reader.complain("scopes", "holds something that is no action; GET /api/v1/me lists one's own");
    } else if (std::ranges::find(wanted.scopes, *action) == wanted.scopes.end()) {
      wanted.scopes.push_back(*action);
    }
  }
  if (reader.has("lifetime_seconds"))
    wanted.lifetime_ms = reader.integer("lifetime_seconds", 1, 1, kSecondsMax) * kMsPerSecondOfBody;
  return wanted;
}

std::optional<identity::Role> read_role(ObjectReader& reader) {
  const auto role = identity::parse_role(required_text(reader, "role", kNameBytesMax));
  if (!role && reader.has("role")) reader.complain("role", "is none of viewer, support, analyst, admin, owner");
  return role;
}

Json optional_time(const std::optional<int64_t>& at_ms) { return at_ms ? Json(format_iso8601(*at_ms)) : Json(); }

Json token_json(const identity::Token& token) {
  Json scopes = Json::array();
  for (const identity::Action action : token.scopes) scopes.push_back(identity::action_name(action));
  Json json = {{"id", token.id}, {"name", token.name}, {"prefix", token.prefix}, {"scopes", std::move(scopes)}};
  if (token.user == 0) json["role"] = identity::role_name(token.role);
  json["created_at"] = format_iso8601(token.created_ms);
  json["expires_at"] = optional_time(token.expires_ms);
  json["used_at"] = optional_time(token.used_ms);
  json["revoked_at"] = optional_time(token.revoked_ms);
  return json;
}

void add_account_routes(Gate& gate, Parts& parts) {
  const auto add = [&](Method method, const char* pattern, Result<Response> (*handler)(Parts&, Call&)) {
    gate.add(method, pattern, [&parts, handler](Call& call) { return handler(parts, call); });
  };
  add(Method::get, "/api/v1/login", entrance);
  add(Method::post, "/api/v1/login", login);
  add(Method::post, "/api/v1/invitations/accept", accept);
  add(Method::post, "/api/v1/logout", logout);
  add(Method::post, "/api/v1/me/password", change_password);
  add(Method::get, "/api/v1/me", me);
  add(Method::get, "/api/v1/sessions", list_sessions);
  add(Method::del, "/api/v1/sessions/{session}", end_session);
  add(Method::get, "/api/v1/tokens", list_tokens);
  add(Method::post, "/api/v1/tokens", create_token);
  add(Method::del, "/api/v1/tokens/{token}", revoke_token);
}

}  // namespace gm::users
