#pragma once
// Comparing and cutting header text.

#include <string_view>

namespace gm::http {

// ASCII only, as header names and most header values are.
bool equals_ignoring_case(std::string_view a, std::string_view b);
// Without spaces, tabs and line breaks at both ends.
std::string_view trim_spaces(std::string_view text);
// True when the comma-separated list `value` holds `token` (ignoring case), e.g. "keep-alive, Upgrade".
bool has_token(std::string_view value, std::string_view token);

}  // namespace gm::http
