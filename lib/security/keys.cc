#include "lib/security/keys.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>
#include <unordered_map>

#include "lib/security/origins.h"
#include "lib/security/secret_text.h"

namespace gm::security {
namespace {

constexpr size_t kGameKeyLength = 32;
constexpr size_t kGameSecretLength = 40;

std::string_view kind_prefix(KeyKind kind) {
  if (kind == KeyKind::server) return "gm_sk_";
  return kind == KeyKind::write ? "gm_wk_" : "gm_pk_";
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool signature_fits(std::string_view secret, const Credential& credential) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> wanted;
  unsigned int length = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(credential.signed_bytes.data()), credential.signed_bytes.size(),
       wanted.data(), &length);
  return credential.signature.size() == wanted.size() &&
         CRYPTO_memcmp(credential.signature.data(), wanted.data(), wanted.size()) == 0;
}

// Hashes are uniform already, so their first bytes serve as the table's hash.
struct HashOfHash {
  size_t operator()(const std::string& hash) const {
    size_t value = 0;
    std::memcpy(&value, hash.data(), std::min(hash.size(), sizeof value));
    return value;
  }
};

}  // namespace

// SHA256() of OpenSSL 3 looks its algorithm up by name in every call, which costs more than the hash.
std::string hash_key(std::string_view text) {
  static EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  const bool done = EVP_DigestInit_ex2(context.get(), kSha256, nullptr) == 1 &&
                    EVP_DigestUpdate(context.get(), text.data(), text.size()) == 1 &&
                    EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(digest.data()), nullptr) == 1;
  if (!done) std::abort();  // a build of OpenSSL without SHA-256: no key could be told from another
  return digest;
}

NewKey make_key(KeyKind kind, Random& random) {
  if (kind == KeyKind::gameanalytics) {
    const std::string game_key = random_text(kGameKeyLength, random);
    return {game_key, hash_key(game_key), std::string(shown_prefix(game_key)), random_text(kGameSecretLength, random)};
  }
  const std::string text = make_secret_text(kind_prefix(kind), random);
  return {text, hash_key(text), std::string(shown_prefix(text)), {}};
}

std::string_view kind_name(KeyKind kind) {
  switch (kind) {
    case KeyKind::write:
      return "write";
    case KeyKind::project:
      return "project";
    case KeyKind::gameanalytics:
      return "gameanalytics";
    case KeyKind::server:
      return "server";
  }
  return "unknown";
}

bool looks_like_key(std::string_view text) {
  if (text.size() == kGameKeyLength) return std::all_of(text.begin(), text.end(), is_alphanumeric);
  return is_secret_text(kind_prefix(KeyKind::write), text) || is_secret_text(kind_prefix(KeyKind::project), text) ||
         is_secret_text(kind_prefix(KeyKind::server), text);
}

struct KeyRing::Set {
  struct Entry {
    Principal principal;
    std::string secret;
    std::vector<std::string> origins;
  };
  std::unordered_map<std::string, Entry, HashOfHash> by_hash;
  bool any_origin = true;            // false when every key of web pages has a list
  std::vector<std::string> origins;  // of all keys
};

KeyRing::KeyRing(std::vector<KnownKey> keys) { replace(std::move(keys)); }

KeyRing::~KeyRing() = default;

void KeyRing::replace(std::vector<KnownKey> keys) {
  auto set = std::make_shared<Set>();
  const auto serves_pages = [](const KnownKey& key) {
    return key.principal.kind == KeyKind::write || key.principal.kind == KeyKind::gameanalytics;
  };
  const bool any_page = std::ranges::any_of(keys, serves_pages);
  set->any_origin =
      !any_page || std::ranges::any_of(keys, [&](const auto& key) { return serves_pages(key) && key.origins.empty(); });
  for (auto& key : keys) {
    set->origins.insert(set->origins.end(), key.origins.begin(), key.origins.end());
    set->by_hash.emplace(std::move(key.hash), Set::Entry{key.principal, std::move(key.secret), std::move(key.origins)});
  }
  set_.store(std::move(set));
}

Result<Principal> KeyRing::authenticate(const Credential& credential, std::string_view origin) const {
  const std::string_view text = credential.key;
  if (text.empty()) return Error{"gm-key-missing", "no key was given; send it as 'Authorization: Bearer gm_...'"};
  // The comparison is of hashes, so its timing says nothing about the keys. A text of another length is none of ours
  // whatever its hash, and may be long.
  const bool may_be_key = text.size() == kSecretTextLength || text.size() == kGameKeyLength;
  const auto set = set_.load();
  const auto it = may_be_key ? set->by_hash.find(hash_key(text)) : set->by_hash.end();
  if (it == set->by_hash.end()) return Error{"gm-key-unknown", "this key is not known here, or was revoked"};
  const auto& [principal, secret, origins] = it->second;
  if (!origin.empty() && principal.kind == KeyKind::server)
    return Error{
        "gm-origin-not-allowed",
        "a server key was sent from a web page, where anybody can read it: revoke it, and use a write key there"};
  if (!origin.empty() && !origins.empty() && !any_origin_fits(origins, origin))
    return Error{"gm-origin-not-allowed", "this key may not be used from the origin " + std::string(origin)};
  if (principal.kind == KeyKind::gameanalytics) {
    if (credential.signature.empty())
      return Error{"gm-signature-missing",
                   "events of this key are taken signed only: it belongs to a GameAnalytics client"};
    if (!signature_fits(secret, credential))
      return Error{"gm-signature-wrong",
                   "the signature does not fit the body: is the secret key the one of this game key?"};
  }
  return principal;
}

bool KeyRing::lets_in(std::string_view origin) const {
  const auto set = set_.load();
  return set->any_origin || any_origin_fits(set->origins, origin);
}

std::string_view KeyRing::bearer(std::string_view header) {
  constexpr std::string_view kScheme = "bearer ";
  if (header.size() <= kScheme.size()) return {};
  for (size_t i = 0; i < kScheme.size(); ++i) {
    const char c = header[i] >= 'A' && header[i] <= 'Z' ? static_cast<char>(header[i] + 32) : header[i];
    if (c != kScheme[i]) return {};
  }
  header.remove_prefix(kScheme.size());
  while (!header.empty() && header.front() == ' ') header.remove_prefix(1);
  while (!header.empty() && header.back() == ' ') header.remove_suffix(1);
  return header;
}

}  // namespace gm::security
