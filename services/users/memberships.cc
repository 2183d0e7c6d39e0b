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

Result<SignedIn> Memberships::accept(SignIn& sign_in, std::string_view secret, std::string_view name,
                                     std::string_view password, std::string_view from, std::string_view agent) {
  const auto found = d_.store.invitation_of(security::hash_key(secret));
  if (!found) return found.error();
  if (!*found || (*found)->ended_ms || d_.clock.now_ms() >= (*found)->expires_ms) return no_invitation();
  const identity::Invitation& invitation = **found;
  const auto there = d_.store.user_of(invitation.email);
  if (!there) return there.error();
  if (!*there) {
    const auto made = create_user({"invitation:" + std::to_string(invitation.id), std::string(from)}, invitation.email,
                                  name, password);
    if (!made) return made.error();
  }
  auto signed_in = sign_in.login(invitation.email, password, from, agent);
  if (!signed_in) return signed_in.error();
  const Actor actor{user_object(signed_in->user.id), std::string(from)};
  const auto taken = d_.store.take_invitation(
      invitation, signed_in->user.id,
      audit_entry(actor, invitation.organisation, d_.clock.now_ms(),
                  {"invitation.taken", fmt::format("invitation:{}", invitation.id), "", role_json(invitation.role)}));
  if (!taken) return taken.error();
  return signed_in;
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
