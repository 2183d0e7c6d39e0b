#include "services/users/memberships.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lib/security/keys.h"
#include "lib/security/secret_text.h"
#include "services/users/email.h"

namespace gm::users {
namespace {

using identity::Role;

std::string user_object(int64_t user) { return fmt::format("user:{}", user); }

std::string role_json(Role role) { return nlohmann::ordered_json{{"role", identity::role_name(role)}}.dump(); }

Error no_invitation() {
  return {"gm-invitation-unknown", "there is no such invitation, or it has expired, was taken or was withdrawn"};
}

bool is_open(const std::optional<identity::Invitation>& invitation, int64_t now_ms) {
  return invitation && !invitation->ended_ms && now_ms < invitation->expires_ms;
}

}  // namespace

Result<NewInvitation> Memberships::invite(const Grantor& grantor, int64_t organisation, std::string_view email,
                                          Role role) {
  auto normal = normal_email(email);
  if (!normal) return normal.error();
  if (!grantor.may_give(role)) return right_missing("nobody invites somebody to a role with more rights than his own");
  const int64_t now = d_.clock.now_ms();
  std::string secret = security::make_secret_text(kInvitationPrefix, d_.random);
  const std::string after = nlohmann::ordered_json{{"email", *normal}, {"role", identity::role_name(role)}}.dump();
  auto made = d_.store.create_invitation(
      {0,
       organisation,
       std::move(*normal),
       role,
       security::hash_key(secret),
       now,
       now + settings_.invitation_lifetime_ms,
       {}},
      audit_entry(grantor.actor, organisation, now, {"invitation.created", "invitation:", "", after}));
  if (!made) return made.error();
  return NewInvitation{std::move(*made), std::move(secret)};
}

Status Memberships::withdraw(const Grantor& grantor, int64_t organisation, int64_t invitation) {
  return d_.store.end_invitation(
      organisation, invitation,
      audit_entry(grantor.actor, organisation, d_.clock.now_ms(),
                  {"invitation.withdrawn", fmt::format("invitation:{}", invitation), "", ""}));
}

Result<LoginAnswer> Memberships::accept(SignIn& sign_in, std::string_view secret, std::string_view name,
                                        std::string_view password, const LoginOrigin& origin) {
  const auto found = d_.store.invitation_of(security::hash_key(secret));
  if (!found) return found.error();
  if (!is_open(*found, d_.clock.now_ms())) return no_invitation();
  const identity::Invitation& invitation = **found;
  const auto there = d_.store.user_of(invitation.email);
  if (!there) return there.error();
  if (!*there) {
    const auto made = create_user({"invitation:" + std::to_string(invitation.id), std::string(origin.from)},
                                  invitation.email, name, password);
    if (!made) return made.error();
  }
  auto answer = sign_in.login(invitation.email, password, origin, invitation.id);
  if (!answer || std::holds_alternative<Challenge>(*answer)) return answer;
  if (auto taken = take(invitation, std::get<SignedIn>(*answer).user.id, origin.from); !taken) return taken.error();
  return answer;
}

Status Memberships::take(int64_t invitation, int64_t user, std::string_view from) {
  const auto found = d_.store.invitation(invitation);
  if (!found) return found.error();
  return is_open(*found, d_.clock.now_ms()) ? take(**found, user, from) : Status(no_invitation());
}

Status Memberships::take(const identity::Invitation& invitation, int64_t user, std::string_view from) {
  return d_.store.take_invitation(
      invitation, user,
      audit_entry({user_object(user), std::string(from)}, invitation.organisation, d_.clock.now_ms(),
                  {"invitation.taken", fmt::format("invitation:{}", invitation.id), "", role_json(invitation.role)}));
}

Result<identity::Member> Memberships::member(int64_t organisation, int64_t user) {
  const auto members = d_.store.members(organisation);
  if (!members) return members.error();
  const auto found = std::ranges::find(*members, user, &identity::Member::user);
  if (found == members->end()) return Error{"gm-member-unknown", "the organisation has no such member"};
  return *found;
}

Status Memberships::set_role(const Grantor& grantor, int64_t organisation, int64_t user, Role role) {
  const auto before = member(organisation, user);
  if (!before) return before.error();
  if (!grantor.may_give(role) || !grantor.may_give(before->role))
    return right_missing("nobody gives or takes a role with more rights than his own");
  return d_.store.set_role(
      organisation, user, role,
      audit_entry(grantor.actor, organisation, d_.clock.now_ms(),
                  {"member.role_changed", user_object(user), role_json(before->role), role_json(role)}));
}

Status Memberships::remove(const Grantor& grantor, int64_t organisation, int64_t user) {
  const auto before = member(organisation, user);
  if (!before) return before.error();
  if (!grantor.may_give(before->role)) return right_missing("nobody removes somebody with more rights than his own");
  return d_.store.remove_member(organisation, user,
                                audit_entry(grantor.actor, organisation, d_.clock.now_ms(),
                                            {"member.removed", user_object(user), role_json(before->role), ""}));
}

Result<identity::User> Memberships::create_user(const Actor& actor, std::string_view email, std::string_view name,
                                                std::string_view password) {
  auto normal = normal_email(email);
  if (!normal) return normal.error();
  auto hash = d_.passwords.hash(password);
  if (!hash) return hash.error();
  const std::string after = nlohmann::ordered_json{{"email", *normal}, {"name", name}}.dump();
  return d_.store.create_user({0, std::move(*normal), std::string(name), std::move(*hash), 0, {}},
                              audit_entry(actor, 0, d_.clock.now_ms(), {"user.created", "user:", "", after}));
}

Status Memberships::add_member(const Actor& actor, int64_t organisation, int64_t user, Role role) {
  return d_.store.set_role(
      organisation, user, role,
      audit_entry(actor, organisation, d_.clock.now_ms(), {"member.added", user_object(user), "", role_json(role)}));
}

Status Memberships::reset_password(const Actor& actor, int64_t user, std::string_view password) {
  const auto hash = d_.passwords.hash(password);
  if (!hash) return hash.error();
  return d_.store.set_password(user, *hash, 0,
                               audit_entry(actor, 0, d_.clock.now_ms(), {"password.reset", user_object(user), "", ""}));
}

}  // namespace gm::users
