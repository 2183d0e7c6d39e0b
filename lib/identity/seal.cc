#include "lib/identity/seal.h"

#include <sodium.h>

#include <cstdlib>
#include <span>

namespace gm::identity {
namespace {

constexpr size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

Seal::Seal(std::string_view key_text, Random& random) : random_(random) {
  static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == 32);
  if (sodium_init() < 0) std::abort();
  crypto_generichash(key_.data(), key_.size(), bytes_of(key_text), key_text.size(), nullptr, 0);
}

std::string Seal::close(std::string_view secret, std::string_view purpose) const {
  std::string sealed(kNonceBytes + secret.size() + kTagBytes, '\0');
  random_.fill(std::as_writable_bytes(std::span(sealed).first(kNonceBytes)));
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_of(sealed) + kNonceBytes, nullptr, bytes_of(secret), secret.size(),
                                             bytes_of(purpose), purpose.size(), nullptr, bytes_of(sealed), key_.data());
  return sealed;
}

Result<std::string> Seal::open(std::string_view sealed, std::string_view purpose) const {
  const Error unreadable{"gm-secret-unreadable", "a secret was sealed with another key than this server has"};
  if (sealed.size() < kNonceBytes + kTagBytes) return unreadable;
  std::string secret(sealed.size() - kNonceBytes - kTagBytes, '\0');
  const std::string_view closed = sealed.substr(kNonceBytes);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(bytes_of(secret), nullptr, nullptr, bytes_of(closed), closed.size(),
                                                 bytes_of(purpose), purpose.size(), bytes_of(sealed), key_.data()) != 0)
    return unreadable;
  return secret;
}

}  // namespace gm::identity
