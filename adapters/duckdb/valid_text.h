#pragma once
// Private to this folder: keeps text columns valid UTF-8, whatever bytes a refused event held.

#include <string>
#include <string_view>

namespace gm::duckdb {

bool is_valid_utf8(std::string_view text);
// Each byte that is not part of a valid sequence becomes U+FFFD.
std::string replace_invalid_utf8(std::string_view text);

}  // namespace gm::duckdb
