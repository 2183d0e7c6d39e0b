#include "lib/security/secret_text.h"

#include <cstdint>
#include <cstring>
#include <span>

#include "lib/security/keys.h"

namespace gm::security {
namespace {

constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";  // Crockford base32
constexpr size_t kPrefixLength = 6;                                         // "gm_wk_"
constexpr size_t kRandomLength = 26;
constexpr size_t kChecksumLength = 6;
constexpr size_t kShownLength = 12;
static_assert(kPrefixLength + kRandomLength + kChecksumLength == kSecretTextLength);

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

}  // namespace

std::string random_text(size_t length, Random& random) {
  std::string bytes(length, '\0');
  random.fill(std::as_writable_bytes(std::span(bytes)));
  for (char& c : bytes) c = kAlphabet[static_cast<unsigned char>(c) & 31];
  return bytes;
}

std::string make_secret_text(std::string_view prefix, Random& random) {
  std::string text = std::string(prefix) + random_text(kRandomLength, random);
  text += checksum(text);
  return text;
}

bool is_secret_text(std::string_view prefix, std::string_view text) {
  if (text.size() != kSecretTextLength || !text.starts_with(prefix)) return false;
  if (text.find_first_not_of(kAlphabet, prefix.size()) != std::string_view::npos) return false;
  return checksum(text.substr(0, text.size() - kChecksumLength)) == text.substr(text.size() - kChecksumLength);
}

std::string_view shown_prefix(std::string_view text) { return text.substr(0, kShownLength); }

}  // namespace gm::security
