#include <algorithm>

#include "lib/base/time.h"
#include "services/users/users_parts.h"

namespace gm::users {
namespace {

using http::Method;
using http::Response;
using Parts = UsersApi::Parts;
using query::ObjectReader;

constexpr int64_t kAuditLimitDefault = 50;
constexpr int64_t kAuditLimitMax = 500;
constexpr size_t kEmailBytesMax = 300;

Json organisation_json(const identity::Organisation& one, const Caller& caller) {
  return {{"id", one.id},
          {"name", one.name},
          {"role", identity::role_name(*caller.role_in(one.id))},
          {"require_second_factor", one.require_second_factor},
          {"created_at", format_iso8601(one.created_ms)}};
}

Result<std::vector<identity::Organisation>> own(Parts& parts, const Caller& caller) {
  auto all = parts.d.store.organisations();
  if (!all) return all.error();
  std::erase_if(*all, [&](const identity::Organisation& one) { return !caller.role_in(one.id); });
  return std::move(*all);
}

Result<Response> list_organisations(Parts& parts, Call& call) {
  const auto all = own(parts, call.caller);
  if (!all) return all.error();
  Json list = Json::array();
  for (const auto& one : *all) {
    if (call.caller.may(one.id, identity::Action::see_organisation))
      list.push_back(organisation_json(one, call.caller));
  }
  return answered({{"organisations", std::move(list)}});
}

Result<Response> organisation(Parts& parts, Call& call) {
  const auto all = own(parts, call.caller);
  if (!all) return all.error();
  for (const auto& one : *all) {
    if (one.id == call.organisation) return answered(organisation_json(one, call.caller));
  }
  return Error{"gm-organisation-unknown", "there is no such organisation"};
}

std::string organisation_object(int64_t id) { return "organisation:" + std::to_string(id); }

Status rename(Parts& parts, const Call& call, const identity::Organisation& before, const std::string& name) {
  return parts.d.store.rename_organisation(
      before.id, name,
      audit_entry(call.caller.actor(), before.id, parts.d.clock.now_ms(),
                  {"organisation.renamed", organisation_object(before.id), Json{{"name", before.name}}.dump(),
                   Json{{"name", name}}.dump()}));
}

// Nobody demands of others what he does not do himself; and so no owner locks himself out.
Status require_second_factor(Parts& parts, const Call& call, const identity::Organisation& before, bool required) {
  if (required == before.require_second_factor) return {};
  const auto user = parts.d.store.user(call.caller.user);
  if (!user) return user.error();
  if (required && (!*user || !(*user)->second_factor))
    return Error{"gm-second-factor-off", "switch your own second factor on before you require one of others"};
  const auto told = [](bool value) { return Json{{"require_second_factor", value}}.dump(); };
  return parts.d.store.require_second_factor(
      before.id, required,
      audit_entry(
          call.caller.actor(), before.id, parts.d.clock.now_ms(),
          {"organisation.second_factor_required", organisation_object(before.id), told(!required), told(required)}));
}

Result<Response> change(Parts& parts, Call& call) {
  std::string name;
  std::optional<bool> required;
  {
    const auto body = call.body();
    ObjectReader reader(body, "", call.problems);
    if (!reader.has("name") && !reader.has("require_second_factor"))
      reader.complain_here("says nothing to change: name, require_second_factor");
    name = reader.text_or("name", kNameBytesMax, "");
    if (reader.has("require_second_factor")) required = reader.flag("require_second_factor", false);
  }
  if (!call.problems.empty()) return Response();
  const auto all = own(parts, call.caller);
  if (!all) return all.error();
  const auto before = std::ranges::find(*all, call.organisation, &identity::Organisation::id);
  if (before == all->end()) return Error{"gm-organisation-unknown", "there is no such organisation"};
  if (required) {
    if (const auto done = require_second_factor(parts, call, *before, *required); !done) return done.error();
  }
  if (!name.empty()) {
    if (const auto done = rename(parts, call, *before, name); !done) return done.error();
  }
  return organisation(parts, call);
}

Result<Response> list_members(Parts& parts, Call& call) {
  const auto members = parts.d.store.members(call.organisation);
  if (!members) return members.error();
  Json list = Json::array();
  for (const identity::Member& one : *members)
    list.push_back({{"id", one.user},
                    {"email", one.email},
                    {"name", one.name},
                    {"role", identity::role_name(one.role)},
                    {"second_factor", one.second_factor},
                    {"since", format_iso8601(one.since_ms)}});
  return answered({{"members", std::move(list)}});
}

Result<Response> set_role(Parts& parts, Call& call) {
  std::optional<identity::Role> role;
  {
    const auto body = call.body();
    ObjectReader reader(body, "", call.problems);
    role = read_role(reader);
  }
  if (!call.problems.empty()) return Response();
  const auto done = parts.memberships.set_role(call.grantor(), call.organisation, call.number, *role);
  if (!done) return done.error();
  return nothing();
}

Result<Response> remove_member(Parts& parts, Call& call) {
  const auto done = parts.memberships.remove(call.grantor(), call.organisation, call.number);
  if (!done) return done.error();
  return nothing();
}

Json invitation_json(const identity::Invitation& one) {
  return {{"id", one.id},
          {"email", one.email},
          {"role", identity::role_name(one.role)},
          {"created_at", format_iso8601(one.created_ms)},
          {"expires_at", format_iso8601(one.expires_ms)}};
}

// Those that can still be taken.
Result<Response> list_invitations(Parts& parts, Call& call) {
  const auto all = parts.d.store.invitations(call.organisation);
  if (!all) return all.error();
  Json list = Json::array();
  for (const identity::Invitation& one : *all) {
    if (!one.ended_ms && parts.d.clock.now_ms() < one.expires_ms) list.push_back(invitation_json(one));
  }
  return answered({{"invitations", std::move(list)}});
}

Result<std::string> organisation_name(Parts& parts, int64_t id) {
  const auto all = parts.d.store.organisations();
  if (!all) return all.error();
  const auto found = std::ranges::find(*all, id, &identity::Organisation::id);
  return found == all->end() ? std::string() : found->name;
}

Result<Response> invite(Parts& parts, Call& call) {
  std::string email;
  std::optional<identity::Role> role;
  {
    const auto body = call.body();
    ObjectReader reader(body, "", call.problems);
    if (!reader.has("email")) reader.complain("email", "is missing");
    email = reader.text_or("email", kEmailBytesMax, "");
    role = read_role(reader);
  }
  if (!call.problems.empty()) return Response();
  const auto made = parts.memberships.invite(call.grantor(), call.organisation, email, *role);
  if (!made) return made.error();
  Json json = invitation_json(made->invitation);
  json["token"] = made->secret;
  const auto named = organisation_name(parts, call.organisation);
  if (!named) return named.error();
  const identity::Invitation& invitation = made->invitation;
  const LinkLetter link{invitation.email, parts.settings.public_url, made->secret, invitation.expires_ms};
  const identity::Letter letter = invitation_letter(link, *named, invitation.role);
  json["mailed"] = parts.letters.post(
      "invitation", [letter]() -> Result<std::optional<identity::Letter>> { return std::optional(letter); });
  return answered(json, 201);
}

Result<Response> withdraw(Parts& parts, Call& call) {
  const auto done = parts.memberships.withdraw(call.grantor(), call.organisation, call.number);
  if (!done) return done.error();
  return nothing();
}

Result<Response> list_service_tokens(Parts& parts, Call& call) {
  const auto tokens = parts.d.store.tokens(0, call.organisation);
  if (!tokens) return tokens.error();
  Json list = Json::array();
  for (const identity::Token& token : *tokens) list.push_back(token_json(token));
  return answered({{"tokens", std::move(list)}});
}

Result<Response> create_service_token(Parts& parts, Call& call) {
  WantedToken wanted;
  std::optional<identity::Role> role;
  {
    const auto body = call.body();
    ObjectReader reader(body, "", call.problems);
    wanted = read_wanted_token(reader);
    role = read_role(reader);
  }
  if (!call.problems.empty()) return Response();
  const auto made = parts.tokens.create_service(call.grantor(), call.organisation, *role, wanted);
  if (!made) return made.error();
  Json json = token_json(made->token);
  json["token"] = made->secret;
  return answered(json, 201);
}

Result<Response> revoke_service_token(Parts& parts, Call& call) {
  const auto done = parts.tokens.revoke_service(call.grantor(), call.organisation, call.number);
  if (done) return nothing();
  if (done.error().code != "gm-token-unknown") return done.error();
  return http::problem(404, done.error().code, done.error().message, call.request.trace_id);
}

Json kept_json(const std::string& text) { return text.empty() ? Json() : Json::parse(text); }

Result<Response> audit(Parts& parts, Call& call) {
  const auto before = call.parameter("before", 1, INT64_MAX);
  const auto limit = call.parameter("limit", 1, kAuditLimitMax).value_or(kAuditLimitDefault);
  if (!call.problems.empty()) return Response();
  const auto page = parts.d.store.audit_page(call.organisation, before, static_cast<int>(limit));
  if (!page) return page.error();
  Json list = Json::array();
  for (const identity::AuditEntry& one : *page)
    list.push_back({{"id", one.id},
                    {"at", format_iso8601(one.at_ms)},
                    {"actor", one.actor},
                    {"address", one.from},
                    {"action", one.action},
                    {"object", one.object},
                    {"before", kept_json(one.before)},
                    {"after", kept_json(one.after)}});
  const bool whole = page->size() < static_cast<size_t>(limit);
  return answered({{"entries", std::move(list)}, {"next", whole ? Json() : Json(page->back().id)}});
}

}  // namespace

void add_organisation_routes(Gate& gate, Parts& parts) {
  const auto add = [&](Method method, const char* pattern, Result<Response> (*handler)(Parts&, Call&)) {
    gate.add(method, pattern, [&parts, handler](Call& call) { return handler(parts, call); });
  };
  add(Method::get, "/api/v1/organisations", list_organisations);
  add(Method::get, "/api/v1/organisations/{organisation}", organisation);
  add(Method::patch, "/api/v1/organisations/{organisation}", change);
  add(Method::get, "/api/v1/organisations/{organisation}/members", list_members);
  add(Method::patch, "/api/v1/organisations/{organisation}/members/{member}", set_role);
  add(Method::del, "/api/v1/organisations/{organisation}/members/{member}", remove_member);
  add(Method::get, "/api/v1/organisations/{organisation}/invitations", list_invitations);
  add(Method::post, "/api/v1/organisations/{organisation}/invitations", invite);
  add(Method::del, "/api/v1/organisations/{organisation}/invitations/{invitation}", withdraw);
  add(Method::get, "/api/v1/organisations/{organisation}/service-tokens", list_service_tokens);
  add(Method::post, "/api/v1/organisations/{organisation}/service-tokens", create_service_token);
  add(Method::del, "/api/v1/organisations/{organisation}/service-tokens/{token}", revoke_service_token);
  add(Method::get, "/api/v1/organisations/{organisation}/audit", audit);
}

}  // namespace gm::users
