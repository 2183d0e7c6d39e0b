#pragma once
// Who belongs to an organisation: invitations, roles, and people themselves.

#include <string>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/base/result.h"
#include "lib/identity/identity_store.h"
#include "lib/identity/password.h"
#include "services/users/grantor.h"
#include "services/users/sign_in.h"
#include "services/users/user_settings.h"

namespace gm::users {

inline constexpr std::string_view kInvitationPrefix = "gm_in_";
inline constexpr size_t kNameBytesMax = 200;

struct NewInvitation {
  identity::Invitation invitation;
  std::string secret;  // "gm_in_...": shown once
};

// Everything outlives this. Thread-safe; calls block. Errors of all: gm-metadata-unavailable.
class Memberships {
 public:
  struct Dependencies {
    identity::IdentityStore& store;
    identity::Passwords& passwords;
    const Clock& clock;
    Random& random;
  };
  Memberships(Dependencies dependencies, const UserSettings& settings) : d_(dependencies), settings_(settings) {}

  // Errors: gm-email-invalid, gm-right-missing.
  Result<NewInvitation> invite(const Grantor& grantor, int64_t organisation, std::string_view email,
                               identity::Role role);
  Status withdraw(const Grantor& grantor, int64_t organisation, int64_t invitation);  // gm-invitation-unknown
  // Who has an account already shows its password, whoever has none gets one with it. Errors: gm-invitation-unknown,
  // those of SignIn::login(), gm-password-weak.
  Result<LoginAnswer> accept(SignIn& sign_in, std::string_view secret, std::string_view name, std::string_view password,
                             const LoginOrigin& origin);
  // By somebody who is signed in now, after the second step. Error gm-invitation-unknown.
  Status take(int64_t invitation, int64_t user, std::string_view from);
  // Errors: gm-member-unknown, gm-member-last-owner, gm-right-missing.
  Status set_role(const Grantor& grantor, int64_t organisation, int64_t user, identity::Role role);
  Status remove(const Grantor& grantor, int64_t organisation, int64_t user);

  // Of the operator's command line. Errors: gm-email-invalid, gm-password-weak, gm-user-exists.
  Result<identity::User> create_user(const Actor& actor, std::string_view email, std::string_view name,
                                     std::string_view password);
  Status add_member(const Actor& actor, int64_t organisation, int64_t user, identity::Role role);
  Status reset_password(const Actor& actor, int64_t user, std::string_view password);

 private:
  Status take(const identity::Invitation& invitation, int64_t user, std::string_view from);
  Result<identity::Member> member(int64_t organisation, int64_t user);

  const Dependencies d_;
  const UserSettings settings_;
};

}  // namespace gm::users
