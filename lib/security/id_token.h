#pragma once
// ID tokens (OpenID Connect Core, 2 and 3.1.3.7; RFC 7515, 7519; RFC 8725 on what goes wrong with them).

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/security/signing_keys.h"

namespace gm::security {

inline constexpr size_t kIdTokenBytesMax = 16u << 10;
inline constexpr int64_t kIdTokenLeewayMs = 60'000;   // for clocks that differ
inline constexpr int64_t kIdTokenAgeMaxMs = 600'000;  // since its making: it comes straight from the provider

struct IdTokenRules {
  std::string issuer;
  std::string client;  // whom it must be for
  std::string nonce;   // of the sign-in that it is the answer to
  int64_t now_ms = 0;
};

// What is believed of it.
struct IdClaims {
  std::string subject;
  std::string email;  // empty: not told, or the provider does not vouch for it
  std::string name;
};

// The address among claims; empty: told by nobody who vouches for it.
std::string vouched_email(const nlohmann::json& claims);

// Keys come from `keys` alone: what a token's header says about where to find one is not looked at. Errors:
// gm-oidc-token-refused (the message says why, for the operator), gm-oidc-key-unknown (newer keys may have it).
Result<IdClaims> check_id_token(std::string_view token, const SigningKeys& keys, const IdTokenRules& rules);

}  // namespace gm::security
