#pragma once
// Secrets that have to be read again and so cannot be kept as hashes: sealed with a key that is kept apart from them.
// XChaCha20-Poly1305 by libsodium; the nonce is random and in front.

#include <array>
#include <string>
#include <string_view>

#include "lib/base/random.h"
#include "lib/base/result.h"

namespace gm::identity {

// Safe to use from several threads, as far as `random` is.
class Seal {
 public:
  static constexpr size_t kKeyTextBytesMin = 26;  // of 5 random bits each, which makes 130
  // `key_text`: any text that nobody can guess; its hash is the key.
  Seal(std::string_view key_text, Random& random);

  // What is sealed for one purpose ("second factor of user 3") opens for no other.
  std::string close(std::string_view secret, std::string_view purpose) const;
  // Error gm-secret-unreadable: another key, another purpose, or not what was written.
  Result<std::string> open(std::string_view sealed, std::string_view purpose) const;

 private:
  std::array<unsigned char, 32> key_{};
  Random& random_;
};

}  // namespace gm::identity
