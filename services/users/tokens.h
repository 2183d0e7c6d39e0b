#pragma once
// Tokens of people and of services.

#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/base/result.h"
#include "lib/identity/identity_store.h"
#include "services/users/caller.h"
#include "services/users/grantor.h"
#include "services/users/user_settings.h"

namespace gm::users {

struct WantedToken {
  std::string name;
  std::vector<identity::Action> scopes;
  std::optional<int64_t> lifetime_ms;  // none: as long as may be
};

struct NewToken {
  identity::Token token;
  std::string secret;  // shown once
};

// Everything outlives this. Thread-safe; calls block. Errors of all: gm-metadata-unavailable.
class Tokens {
 public:
  Tokens(identity::IdentityStore& store, const Clock& clock, Random& random, const UserSettings& settings)
      : store_(store), clock_(clock), random_(random), settings_(settings) {}

  Result<NewToken> create_personal(const Caller& caller, const WantedToken& wanted);
  Status revoke_personal(const Caller& caller, int64_t token);  // gm-token-unknown
  // Error gm-right-missing: a scope or a role beyond the grantor's own rights.
  Result<NewToken> create_service(const Grantor& grantor, int64_t organisation, identity::Role role,
                                  const WantedToken& wanted);
  Status revoke_service(const Grantor& grantor, int64_t organisation, int64_t token);  // gm-token-unknown

 private:
  Result<NewToken> create(std::string_view prefix, identity::Token token, const WantedToken& wanted,
                          const Actor& actor);
  Status revoke(int64_t user, int64_t organisation, int64_t token, const Actor& actor);

  identity::IdentityStore& store_;
  const Clock& clock_;
  Random& random_;
  const UserSettings settings_;
};

}  // namespace gm::users
