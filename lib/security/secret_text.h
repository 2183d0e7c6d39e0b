#pragma once
// The text form that all secrets made here share: a prefix of 6 characters that says what it is ("gm_wk_"), 26
// characters of Crockford base32 (130 random bits), then a 6-character checksum of what is before.

#include <string>
#include <string_view>

#include "lib/base/random.h"

namespace gm::security {

inline constexpr size_t kSecretTextLength = 38;

std::string make_secret_text(std::string_view prefix, Random& random);
// Prefix, length, alphabet and checksum fit: a typing error is told without a look-up.
bool is_secret_text(std::string_view prefix, std::string_view text);
// The first characters, which may be shown: people know the secret again by them.
std::string_view shown_prefix(std::string_view text);
// Characters of the same alphabet, 5 random bits each.
std::string random_text(size_t length, Random& random);

}  // namespace gm::security
