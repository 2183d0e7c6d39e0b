#pragma once
// JSON from others on which a decision about rights hangs: what two readers could read differently is refused.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace gm::security {

// nullopt: no JSON object, a member twice in one object, nested deeper than eight levels, or not UTF-8.
std::optional<nlohmann::json> strict_object(std::string_view text);
// Base64url without padding and without bits that mean nothing (RFC 7515, 2): each value has one spelling.
std::optional<std::string> strict_base64url(std::string_view text);
// A member that is a string; nullopt otherwise.
std::optional<std::string> text_member(const nlohmann::json& object, const char* name);

}  // namespace gm::security
