#pragma once
// Tells people by mail what has changed about their own account, so that whoever did not do it learns of it.

#include <string>
#include <string_view>

#include "lib/base/clock.h"
#include "lib/identity/identity_store.h"
#include "services/users/account_letters.h"
#include "services/users/letters.h"
#include "services/users/user_settings.h"

namespace gm::users {

class Notices {
 public:
  // Everything outlives this. Any thread.
  Notices(identity::IdentityStore& store, Letters& letters, const Clock& clock, const UserSettings& settings)
      : store_(store), letters_(letters), clock_(clock), public_url_(settings.public_url) {}

  // `what`: a sentence without its full stop. Without mail nothing happens.
  void tell(int64_t user, std::string what, std::string from) {
    letters_.post("notice",
                  [this, user, what = std::move(what), from = std::move(from),
                   at_ms = clock_.now_ms()]() -> Result<std::optional<identity::Letter>> {
                    const auto found = store_.user(user);
                    if (!found) return found.error();
                    if (!*found) return std::optional<identity::Letter>();
                    return std::optional(notice_letter((*found)->email, public_url_, what, from, at_ms));
                  });
  }

 private:
  identity::IdentityStore& store_;
  Letters& letters_;
  const Clock& clock_;
  const std::string public_url_;
};

}  // namespace gm::users
