#include "lib/security/keys.h"

#include <openssl/sha.h>

#include <array>
#include <cstring>
#include <unordered_map>

namespace gm::security {
namespace {

constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";  // Crockford base32
constexpr size_t kSecretLength = 26;
constexpr size_t kChecksumLength = 6;
constexpr size_t kPrefixLength = 6;  // "gm_wk_"
constexpr size_t kKeyLength = kPrefixLength + kSecretLength + kChecksumLength;
constexpr size_t kShownLength = 12;

std::string_view kind_prefix(KeyKind kind) { return kind == KeyKind::write ? "gm_wk_" : "gm_pk_"; }

// A typing-error check, not a secret: the first 30 bits of SHA-256.
std::string checksum(std::string_view text) {
  const std::string hash = hash_key(text);
  uint32_t bits = 0;
  std::memcpy(&bits, hash.data(), sizeof bits);
  std::string out(kChecksumLength, '0');
  for (char& c : out) {
    c = kAlphabet[bits & 31];
    bits >>= 5;
  }
  return out;
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

std::string hash_key(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

NewKey make_key(KeyKind kind, Random& random) {
  std::array<std::byte, kSecretLength> bytes;
  random.fill(bytes);
  std::string text(kind_prefix(kind));
  for (const std::byte b : bytes) text += kAlphabet[std::to_integer<size_t>(b) & 31];
  text += checksum(text);
  return {text, hash_key(text), text.substr(0, kShownLength)};
}

bool looks_like_key(std::string_view text) {
  if (text.size() != kKeyLength) return false;
  const auto kind = text.substr(0, kPrefixLength);
  if (kind != kind_prefix(KeyKind::write) && kind != kind_prefix(KeyKind::project)) return false;
  if (text.find_first_not_of(kAlphabet, kPrefixLength) != std::string_view::npos) return false;
  return checksum(text.substr(0, kKeyLength - kChecksumLength)) == text.substr(kKeyLength - kChecksumLength);
}

struct KeyRing::Set {
  std::unordered_map<std::string, Principal, HashOfHash> by_hash;
};

KeyRing::KeyRing(std::vector<KnownKey> keys) { replace(std::move(keys)); }

KeyRing::~KeyRing() = default;

void KeyRing::replace(std::vector<KnownKey> keys) {
  auto set = std::make_shared<Set>();
  for (auto& key : keys) set->by_hash.emplace(std::move(key.hash), key.principal);
  set_.store(std::move(set));
}

Result<Principal> KeyRing::authenticate(std::string_view text) const {
  if (text.empty()) return Error{"gm-key-missing", "no key was given; send it as 'Authorization: Bearer gm_...'"};
  // The comparison is of hashes, so its timing says nothing about the keys.
  const auto set = set_.load();
  const auto it = looks_like_key(text) ? set->by_hash.find(hash_key(text)) : set->by_hash.end();
  if (it == set->by_hash.end()) return Error{"gm-key-unknown", "this key is not known here, or was revoked"};
  return it->second;
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
