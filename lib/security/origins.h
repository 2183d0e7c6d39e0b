#pragma once
// Web origins (RFC 6454) from which a key may be used: "https://game.example", "http://localhost:3000",
// "https://*.game.example" (every host below that one), or "null", as which pages of files and sandboxed frames come.

#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace gm::security {

// The rule as it is kept: lower case, without a port that the scheme means anyway. Error gm-origin-invalid.
Result<std::string> parse_origin_rule(std::string_view text);

// `origin`: of the header of that name. The case of ASCII letters makes no difference.
bool origin_fits(std::string_view rule, std::string_view origin);
bool any_origin_fits(const std::vector<std::string>& rules, std::string_view origin);

}  // namespace gm::security
