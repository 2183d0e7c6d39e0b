#include "services/users/oidc_provider.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/codec/text_codecs.h"
#include "lib/security/keys.h"
#include "lib/security/strict_json.h"

namespace gm::users {
namespace {

constexpr size_t kAnswerBytesMax = 512u << 10;
constexpr int64_t kTimeoutMs = 10'000;
constexpr int64_t kKeepNs = 600'000'000'000;        // ten minutes
constexpr int64_t kPauseNs = 5'000'000'000;         // after it did not answer, so that nobody waits for it in rows
constexpr int64_t kRefreshKeysNs = 60'000'000'000;  // no oftener, whatever tokens say

Error unavailable(std::string_view why) {
  return {"gm-oidc-unavailable", "the provider that signs people in: " + std::string(why)};
}

std::string form_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

std::string pkce_challenge(std::string_view verifier) {
  std::string text = codec::base64_encode(security::hash_key(verifier));
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  text.resize(std::min(text.find('='), text.size()));
  return text;
}

OidcProvider::Fetch OidcProvider::over_network() {
  return [](const std::string& url, const http::ClientHeaders& headers, const std::optional<std::string>& body) {
    http::Client client({kTimeoutMs / 2, kTimeoutMs, kAnswerBytesMax});
    return body ? client.post(url, headers, *body) : client.get(url, headers);
  };
}

Result<nlohmann::json> OidcProvider::read_object(const std::string& url, const std::optional<std::string>& body,
                                                 const http::ClientHeaders& headers) {
  const auto answer = fetch_(url, headers, body);
  if (!answer) return unavailable(answer.error().message);
  // Whoever redeems a code twice or too late is told so with 400.
  if (body && answer->status == 400) return Error{"gm-oidc-refused", "the provider does not take this sign-in"};
  if (answer->status != 200) return unavailable(fmt::format("it answers with {}", answer->status));
  auto object = security::strict_object(answer->body);
  if (!object) return unavailable("its answer is no plain JSON object");
  return std::move(*object);
}

Result<OidcProvider::Endpoints> OidcProvider::endpoints() {
  {
    const std::lock_guard lock(mutex_);
    if (endpoints_ && clock_.monotonic_ns() - endpoints_ns_ < kKeepNs) return *endpoints_;
    if (failed_ns_ && clock_.monotonic_ns() - *failed_ns_ < kPauseNs) return unavailable("it did not answer just now");
  }
  auto found = read_endpoints();
  const std::lock_guard lock(mutex_);
  failed_ns_.reset();
  if (!found) {
    failed_ns_ = clock_.monotonic_ns();
    return found;
  }
  endpoints_ = *found;
  endpoints_ns_ = clock_.monotonic_ns();
  return found;
}

Result<OidcProvider::Endpoints> OidcProvider::read_endpoints() {
  std::string base = settings_.issuer;
  if (base.ends_with('/')) base.pop_back();
  const auto document = read_object(base + "/.well-known/openid-configuration", std::nullopt, {});
  if (!document) return document.error();
  if (security::text_member(*document, "issuer") != settings_.issuer)
    return unavailable("its document is of another issuer than oidc.issuer");
  const auto url = [&](const char* name) { return security::text_member(*document, name).value_or(""); };
  Endpoints found{url("authorization_endpoint"), url("token_endpoint"), url("jwks_uri"), url("userinfo_endpoint")};
  for (const std::string& one : {found.authorization, found.token, found.keys}) {
    if (!is_safe_url(one)) return unavailable("its document names an address without TLS, or none");
  }
  if (!found.userinfo.empty() && !is_safe_url(found.userinfo))
    return unavailable("its document names an address without TLS");
  return found;
}

Result<security::SigningKeys> OidcProvider::keys(const std::string& url, bool fresh) {
  {
    const std::lock_guard lock(mutex_);
    const int64_t age = clock_.monotonic_ns() - keys_ns_;
    if (keys_ && age < (fresh ? kRefreshKeysNs : kKeepNs)) return *keys_;
  }
  const auto answer = fetch_(url, {}, std::nullopt);
  if (!answer) return unavailable(answer.error().message);
  if (answer->status != 200) return unavailable(fmt::format("its keys are answered with {}", answer->status));
  auto parsed = security::SigningKeys::parse(answer->body);
  if (!parsed) return parsed.error();
  const std::lock_guard lock(mutex_);
  keys_ = *parsed;
  keys_ns_ = clock_.monotonic_ns();
  return *parsed;
}

Result<std::string> OidcProvider::authorization_url(std::string_view state, std::string_view nonce,
                                                    std::string_view verifier) {
  const auto at = endpoints();
  if (!at) return at.error();
  const char joint = at->authorization.find('?') == std::string::npos ? '?' : '&';
  return fmt::format(
      "{}{}response_type=code&client_id={}&redirect_uri={}&scope=openid%20email%20profile&state={}&nonce={}"
      "&code_challenge={}&code_challenge_method=S256",
      at->authorization, joint, form_text(settings_.client_id), form_text(settings_.callback()), state, nonce,
      pkce_challenge(verifier));
}

Result<OidcProvider::Tokens> OidcProvider::tokens(const Endpoints& at, std::string_view code,
                                                  std::string_view verifier) {
  const std::string body =
      fmt::format("grant_type=authorization_code&code={}&redirect_uri={}&client_id={}&code_verifier={}",
                  form_text(code), form_text(settings_.callback()), form_text(settings_.client_id), verifier);
  http::ClientHeaders headers = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
  if (!settings_.client_secret.empty()) {
    const std::string pair = form_text(settings_.client_id) + ":" + form_text(settings_.client_secret);
    headers.emplace_back("Authorization", "Basic " + codec::base64_encode(pair));
  }
  const auto answer = read_object(at.token, body, headers);
  if (!answer) return answer.error();
  auto id = security::text_member(*answer, "id_token");
  if (!id) return unavailable("its answer has no ID token");
  return Tokens{std::move(*id), security::text_member(*answer, "access_token").value_or("")};
}

Result<security::IdClaims> OidcProvider::checked(const Endpoints& at, const std::string& id_token,
                                                 const std::string& nonce) {
  for (const bool fresh : {false, true}) {
    const auto known = keys(at.keys, fresh);
    if (!known) return known.error();
    auto claims =
        security::check_id_token(id_token, *known, {settings_.issuer, settings_.client_id, nonce, clock_.now_ms()});
    // A provider that has changed its keys signs with one that was not there before.
    if (claims || claims.error().code != "gm-oidc-key-unknown" || fresh) return claims;
  }
  return unavailable("its keys change while they are read");
}

Status OidcProvider::add_userinfo(const Endpoints& at, const std::string& access_token, security::IdClaims& claims) {
  // What would not be one header is no token (RFC 6750, 2.1).
  if (at.userinfo.empty() || access_token.empty() ||
      std::ranges::any_of(access_token, [](char c) { return c <= ' ' || c >= '\x7f'; }))
    return {};
  const auto told = read_object(at.userinfo, std::nullopt, {{"Authorization", "Bearer " + access_token}});
  if (!told) return told.error();
  // Core, 5.3.2: else it is about somebody else.
  if (security::text_member(*told, "sub") != claims.subject)
    return Error{"gm-oidc-token-refused", "the provider tells of somebody else than its ID token"};
  claims.email = security::vouched_email(*told);
  if (claims.name.empty()) claims.name = security::text_member(*told, "name").value_or("");
  return {};
}

Result<security::IdClaims> OidcProvider::exchange(std::string_view code, std::string_view verifier,
                                                  const std::string& nonce) {
  const auto at = endpoints();
  if (!at) return at.error();
  const auto given = tokens(*at, code, verifier);
  if (!given) return given.error();
  auto claims = checked(*at, given->id, nonce);
  if (!claims || !claims->email.empty()) return claims;
  if (auto added = add_userinfo(*at, given->access, *claims); !added) return added.error();
  return claims;
}

}  // namespace gm::users
