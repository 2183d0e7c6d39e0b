#pragma once
// What is written to people about their accounts. Links carry their secret behind "#", which browsers send to no
// server.

#include <string>
#include <string_view>

#include "lib/identity/outbox.h"
#include "lib/identity/records.h"

namespace gm::users {

struct LinkLetter {
  std::string_view to;
  std::string_view public_url;  // "https://metrics.studio.example"
  std::string_view secret;
  int64_t expires_ms = 0;
};

// `from`: the address that asked for it.
identity::Letter reset_letter(const LinkLetter& link, std::string_view from);
// `organisation`: its name.
identity::Letter invitation_letter(const LinkLetter& link, std::string_view organisation, identity::Role role);
// That something has changed which he should know if it was not he; `what`: "Your password was changed".
identity::Letter notice_letter(std::string_view to, std::string_view public_url, std::string_view what,
                               std::string_view from, int64_t at_ms);

}  // namespace gm::users
