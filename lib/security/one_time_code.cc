#include "lib/security/one_time_code.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <array>
#include <span>

namespace gm::security {
namespace {

constexpr uint32_t kModulus = 1'000'000;  // 10 to the power of kOneTimeDigits
constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kHex = "0123456789ABCDEF";

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

}  // namespace

std::string make_one_time_secret(Random& random) {
  std::string secret(kOneTimeSecretBytes, '\0');
  random.fill(std::as_writable_bytes(std::span(secret)));
  return secret;
}

int64_t one_time_step(int64_t now_ms) { return now_ms / kOneTimeStepMs; }

// RFC 4226, 5.3: the last four bits of the MAC say which 31 bits of it count.
std::string one_time_code(std::string_view secret, int64_t step) {
  std::array<unsigned char, 8> counter{};
  for (size_t i = 0; i < counter.size(); ++i)
    counter[i] = static_cast<unsigned char>(static_cast<uint64_t>(step) >> (56 - 8 * i));
  std::array<unsigned char, SHA_DIGEST_LENGTH> mac{};
  unsigned int length = 0;
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(), mac.data(), &length);
  const size_t offset = mac.back() & 15;
  const uint32_t bits = (uint32_t{mac[offset]} & 0x7f) << 24 | uint32_t{mac[offset + 1]} << 16 |
                        uint32_t{mac[offset + 2]} << 8 | uint32_t{mac[offset + 3]};
  std::string digits = std::to_string(bits % kModulus);
  return std::string(kOneTimeDigits - digits.size(), '0') + digits;
}

std::optional<int64_t> matching_step(std::string_view secret, std::string_view code, int64_t now_ms, int64_t after) {
  if (code.size() != kOneTimeDigits) return std::nullopt;
  const int64_t now = one_time_step(now_ms);
  std::optional<int64_t> found;
  // All of them are compared, in the same time each: which one it was cannot be told from outside.
  for (int64_t step = now - kOneTimeDriftSteps; step <= now + kOneTimeDriftSteps; ++step) {
    const std::string wanted = one_time_code(secret, step);
    if (CRYPTO_memcmp(wanted.data(), code.data(), kOneTimeDigits) == 0 && step > after && !found) found = step;
  }
  return found;
}

std::string base32(std::string_view bytes) {
  std::string out;
  uint32_t bits = 0;
  int held = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    held += 8;
    while (held >= 5) {
      held -= 5;
      out += kBase32[bits >> held & 31];
    }
  }
  if (held > 0) out += kBase32[bits << (5 - held) & 31];
  return out;
}

std::string one_time_uri(std::string_view issuer, std::string_view account, std::string_view secret) {
  const std::string name = percent_encoded(issuer);
  return "otpauth://totp/" + name + ":" + percent_encoded(account) + "?secret=" + base32(secret) + "&issuer=" + name +
         "&algorithm=SHA1&digits=6&period=30";
}

}  // namespace gm::security
