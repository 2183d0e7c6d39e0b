#pragma once
// Whose request it is, and what he may do.

#include <optional>
#include <string>
#include <vector>

#include "lib/base/result.h"
#include "lib/identity/records.h"
#include "services/users/actor.h"

namespace gm::users {

struct Caller {
  int64_t user = 0;     // 0: a service
  int64_t session = 0;  // 0: by a token
  int64_t token = 0;    // 0: by a session
  std::vector<identity::Membership> memberships;
  std::optional<std::vector<identity::Action>> scopes;  // of a token: no right beyond these
  std::string from;

  bool by_session() const { return session != 0; }
  // nullopt: the organisation is none of his.
  std::optional<identity::Role> role_in(int64_t organisation) const;
  bool may(int64_t organisation, identity::Action action) const;
  // The organisation requires a second factor and he has none: he may do nothing there.
  bool lacks_second_factor(int64_t organisation) const;
  // Why he may not. Precondition: he is a member and may() was false.
  Error refusal(int64_t organisation) const;
  Actor actor() const;
};

}  // namespace gm::users
