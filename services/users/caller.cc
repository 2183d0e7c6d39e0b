#include "services/users/caller.h"

#include <algorithm>

namespace gm::users {

std::optional<identity::Role> Caller::role_in(int64_t organisation) const {
  const auto found = std::ranges::find(memberships, organisation, &identity::Membership::organisation);
  return found == memberships.end() ? std::nullopt : std::optional(found->role);
}

bool Caller::may(int64_t organisation, identity::Action action) const {
  if (scopes && std::ranges::find(*scopes, action) == scopes->end()) return false;
  const auto role = role_in(organisation);
  return role && identity::allowed(*role, action);
}

Actor Caller::actor() const {
  return {token != 0 ? "token:" + std::to_string(token) : "user:" + std::to_string(user), from};
}

}  // namespace gm::users
