#pragma once
// Codings that appear inside requests of browsers and old SDKs: percent-encoding, forms and base64; UTF-8.

#include <optional>
#include <string>
#include <string_view>

namespace gm::codec {

enum class PlusSign : bool { kept, is_space };  // forms write a space as "+"

// Undoes %XX. nullopt when a percent sign is not followed by two hex digits.
std::optional<std::string> url_decode(std::string_view text, PlusSign plus);

// The first value of `name` in "a=1&b=2", decoded as a form would; nullopt when absent or malformed.
std::optional<std::string> form_value(std::string_view form, std::string_view name);

// Standard and URL-safe alphabet, padding optional. nullopt for any other character or an impossible length.
std::optional<std::string> base64_decode(std::string_view text);
std::string base64_encode(std::string_view bytes);

bool is_utf8(std::string_view text);

}  // namespace gm::codec
