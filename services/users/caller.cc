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
  return role && !lacks_second_factor(organisation) && identity::allowed(*role, action);
}

bool Caller::lacks_second_factor(int64_t organisation) const {
  return std::ranges::any_of(memberships, [&](const identity::Membership& one) {
    return one.organisation == organisation && one.second_factor_missing;
  });
}

Error Caller::refusal(int64_t organisation) const {
  if (lacks_second_factor(organisation))
    return {"gm-second-factor-required", "the organisation requires a second factor: switch yours on first"};
  return {"gm-right-missing", "your role or the token's scopes do not allow this"};
}

Actor Caller::actor() const {
  return {token != 0 ? "token:" + std::to_string(token) : "user:" + std::to_string(user), from};
}

}  // namespace gm::users
