#pragma once
// Addresses of people: what tells one account from another.

#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace gm::users {

// Without the blanks around it, ASCII letters in lower case. Whether mail arrives there only mail can tell. Error
// gm-email-invalid: no "@" with something on both sides, a blank or control character within, or more than 254 bytes.
Result<std::string> normal_email(std::string_view text);

}  // namespace gm::users
