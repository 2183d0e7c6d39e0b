#pragma once
// How far two words are apart, for "did you mean".

#include <cstddef>
#include <string_view>

namespace gm {

// Levenshtein (1966): the fewest single-character insertions, deletions and substitutions that turn `a` into `b`.
size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace gm
