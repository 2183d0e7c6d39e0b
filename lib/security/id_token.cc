#include "lib/security/id_token.h"

#include <algorithm>
#include <array>
#include <optional>

#include "lib/security/strict_json.h"

namespace gm::security {
namespace {

using Json = nlohmann::json;

constexpr size_t kSubjectBytesMax = 255;  // OpenID Connect Core, 2
constexpr size_t kKeyIdBytesMax = 200;
constexpr int64_t kMsPerSecond = 1000;
constexpr int64_t kSecondsMax = 253'402'300'799;  // the end of the year 9999

Error refused(std::string_view why) { return {"gm-oidc-token-refused", "the ID token " + std::string(why)}; }

struct Parts {
  std::string_view signed_bytes;  // the first two and the dot between them
  std::string header, payload, signature;
};

std::optional<Parts> split(std::string_view token) {
  const size_t first = token.find('.');
  const size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto header = strict_base64url(token.substr(0, first));
  const auto payload = strict_base64url(token.substr(first + 1, second - first - 1));
  const auto signature = strict_base64url(token.substr(second + 1));  // a third dot is none of its characters
  if (!header || !payload || !signature) return std::nullopt;
  return Parts{token.substr(0, second), *header, *payload, *signature};
}

Status check_header(const Json& header) {
  // Each would change how the rest is read (RFC 7515, 4.1.11; RFC 7797), and none is needed.
  for (const char* extension : {"crit", "b64", "zip", "enc"}) {
    if (header.contains(extension)) return refused("has a header that asks for an extension");
  }
  const auto type = text_member(header, "typ");
  if (header.contains("typ") && type != "JWT" && type != "jwt") return refused("is a token of another type");
  return {};
}

Status check_signature(const Parts& parts, const Json& header, const SigningKeys& keys) {
  const auto algorithm = parse_algorithm(text_member(header, "alg").value_or(""));
  if (!algorithm) return refused("is signed by none of RS256, ES256, EdDSA");
  const auto id = text_member(header, "kid");
  if (header.contains("kid") && (!id || id->size() > kKeyIdBytesMax)) return refused("has a kid that is none");
  const auto verdict = keys.verify(*algorithm, id, parts.signed_bytes, parts.signature);
  if (verdict == SigningKeys::Verdict::no_key) return Error{"gm-oidc-key-unknown", "the ID token's key is not known"};
  return verdict == SigningKeys::Verdict::right ? Status() : Status(refused("has a signature that is wrong"));
}

// Seconds since 1970, in milliseconds. nullopt: absent or no such number.
std::optional<int64_t> moment(const Json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_number()) return std::nullopt;
  const double seconds = found->get<double>();
  if (!(seconds >= 0 && seconds <= static_cast<double>(kSecondsMax))) return std::nullopt;
  return static_cast<int64_t>(seconds * kMsPerSecond);
}

Status check_times(const Json& claims, int64_t now_ms) {
  const auto expires = moment(claims, "exp"), issued = moment(claims, "iat");
  if (!expires || !issued) return refused("lacks exp or iat");
  if (now_ms >= *expires + kIdTokenLeewayMs) return refused("has expired");
  if (*issued > now_ms + kIdTokenLeewayMs) return refused("is from the future; compare the clocks");
  if (now_ms - *issued > kIdTokenAgeMaxMs) return refused("is too old for a sign-in that was just done");
  if (!claims.contains("nbf")) return {};
  const auto begins = moment(claims, "nbf");
  return begins && *begins <= now_ms + kIdTokenLeewayMs ? Status() : Status(refused("is not valid yet"));
}

Status check_audience(const Json& claims, const std::string& client) {
  const auto audience = claims.find("aud");
  if (audience == claims.end()) return refused("says not whom it is for");
  Json list = Json::array();
  if (audience->is_array())
    list = *audience;
  else
    list.push_back(*audience);
  if (std::ranges::find(list, Json(client)) == list.end()) return refused("is for somebody else");
  const auto party = text_member(claims, "azp");
  if ((claims.contains("azp") || list.size() > 1) && party != client) return refused("was given to somebody else");
  return {};
}

}  // namespace

std::string vouched_email(const nlohmann::json& claims) {
  const auto verified = claims.find("email_verified");
  const bool vouched = verified != claims.end() && verified->is_boolean() && verified->get<bool>();
  return vouched ? text_member(claims, "email").value_or("") : "";
}

Result<IdClaims> check_id_token(std::string_view token, const SigningKeys& keys, const IdTokenRules& rules) {
  if (token.size() > kIdTokenBytesMax) return refused("is too long");
  const auto parts = split(token);
  if (!parts) return refused("is not three parts in base64url");
  const auto header = strict_object(parts->header);
  if (!header) return refused("has a header that is no plain JSON object");
  if (auto fits = check_header(*header); !fits) return fits.error();
  if (auto fits = check_signature(*parts, *header, keys); !fits) return fits.error();
  const auto claims = strict_object(parts->payload);
  if (!claims) return refused("holds no plain JSON object");
  if (text_member(*claims, "iss") != rules.issuer) return refused("is of another issuer");
  if (auto fits = check_audience(*claims, rules.client); !fits) return fits.error();
  if (auto fits = check_times(*claims, rules.now_ms); !fits) return fits.error();
  if (rules.nonce.empty() || text_member(*claims, "nonce") != rules.nonce) return refused("answers another sign-in");
  const std::string subject = text_member(*claims, "sub").value_or("");
  if (subject.empty() || subject.size() > kSubjectBytesMax) return refused("says not who it is about");
  return IdClaims{subject, vouched_email(*claims), text_member(*claims, "name").value_or("")};
}

}  // namespace gm::security
