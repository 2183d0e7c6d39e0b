#pragma once
// Keys taken out of texts that more people read than may use them.

#include <optional>
#include <string>
#include <string_view>

namespace gm::security {

// `text` with the secret part of every key in it, right or mistyped, made asterisks; nullopt when it holds none. A key
// that the text ends within is one, too: what is missing can be computed or tried. Not of GameAnalytics' keys, which
// have no prefix to be found by.
std::optional<std::string> without_keys(std::string_view text);

}  // namespace gm::security
