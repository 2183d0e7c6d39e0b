#pragma once
// Who gives rights to others. One rule for invitations, roles, tokens and keys: nobody gives what he may not do
// himself.

#include <algorithm>
#include <functional>

#include "services/users/actor.h"

namespace gm::users {

struct Grantor {
  Actor actor;
  std::function<bool(identity::Action)> may;  // in the organisation that it is about

  bool may_give(identity::Role role) const {
    return std::ranges::all_of(identity::rights(), [&](const identity::ActionRow& row) {
      return !identity::allowed(role, row.action) || may(row.action);
    });
  }
};

inline Error right_missing(std::string_view why) { return {"gm-right-missing", std::string(why)}; }

}  // namespace gm::users
