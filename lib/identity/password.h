#pragma once
// Passwords: Argon2id (RFC 9106) by libsodium. Everything that a later check needs stands in the hash's own text.

#include <cstdint>
#include <semaphore>
#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/config/settings.h"

namespace gm::identity {

struct PasswordSettings {
  size_t memory_bytes = 0;
  uint64_t rounds = 0;
  size_t length_min = 0;
  size_t at_once_max = 0;  // each takes memory_bytes
  static PasswordSettings from(const config::Settings& settings);
};

// Any thread; one call takes about a tenth of a second of a processor, by the settings.
class Passwords {
 public:
  explicit Passwords(PasswordSettings settings);

  // Errors: gm-password-weak (its length), gm-users-busy (too many at once).
  Result<std::string> hash(std::string_view password);
  // Whether it is the password of `hash`. An empty `hash`, of an account that is not there, takes as long as any other,
  // and is no password's. Error gm-users-busy.
  Result<bool> fits(std::string_view password, const std::string& hash);

 private:
  Result<std::string> derive(std::string_view password);

  PasswordSettings settings_;
  std::counting_semaphore<> free_;
  std::string nobody_;  // a hash of nothing that anybody knows
};

}  // namespace gm::identity
