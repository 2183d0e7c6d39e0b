#pragma once
// Whether a text that could not be understood names somebody: a refused event has no player field, only its bytes.

#include <functional>
#include <string_view>

namespace gm::event {

// True when a part of `text` that may be an id is one that `is_wanted` knows: a JSON string (its escapes undone), a
// number or a bare word, a value of a form (its percent escapes undone). An id inside of a longer word is no mention,
// or a player called "1" would be found everywhere.
bool mentions(std::string_view text, const std::function<bool(std::string_view)>& is_wanted);

}  // namespace gm::event
