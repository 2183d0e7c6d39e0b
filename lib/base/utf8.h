#pragma once
// Well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF).

#include <cstddef>
#include <string>
#include <string_view>

namespace gm {

// Length of the well-formed sequence at the start of `text` (not empty), 0 if there is none.
size_t utf8_sequence_length(std::string_view text);
bool is_valid_utf8(std::string_view text);
// Each byte that is not part of a well-formed sequence becomes U+FFFD.
std::string replace_invalid_utf8(std::string_view text);

}  // namespace gm
