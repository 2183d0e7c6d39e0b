#pragma once
// SHA-256 as people and `sha256sum` write it.

#include <string>
#include <string_view>

namespace gm::security {

// 64 hexadecimal digits.
std::string sha256_text(std::string_view bytes);

}  // namespace gm::security
