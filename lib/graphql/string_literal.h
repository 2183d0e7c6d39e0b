#pragma once
// Private to this folder: what a string literal's escapes and indentation mean.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gm::graphql {

inline bool is_leading_surrogate(uint32_t unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
inline bool is_trailing_surrogate(uint32_t unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }
inline bool is_unicode_scalar(uint32_t point) {
  return point <= 0x10FFFF && !is_leading_surrogate(point) && !is_trailing_surrogate(point);
}
inline uint32_t joined_surrogates(uint32_t high, uint32_t low) {
  return 0x10000 + ((high - 0xD800) << 10U) + (low - 0xDC00);
}

// All of `digits`; at most eight. nullopt when one is no hex digit.
std::optional<uint32_t> hex_value(std::string_view digits);
// The XXXX of a text that begins with \uXXXX.
std::optional<uint32_t> hex_unit(std::string_view text);
// Precondition: is_unicode_scalar(point).
void append_utf8(uint32_t point, std::string& out);

// The text of a block string: lines joined by LF, without the indentation they share and without blank lines at both
// ends (spec, BlockStringValue).
std::string block_string_value(std::string_view raw);

}  // namespace gm::graphql
