#include "lib/identity/password.h"

#include <sodium.h>

#include <array>
#include <cstdlib>

namespace gm::identity {
namespace {

constexpr size_t kLengthMax = 1024;  // Argon2 reads all of it: a bound, so that a password is no way to burn time
constexpr size_t kNobodyBytes = 32;

// Held while one hash is made.
class Place {
 public:
  explicit Place(std::counting_semaphore<>& free) : free_(free), taken_(free.try_acquire()) {}
  ~Place() {
    if (taken_) free_.release();
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  bool taken() const { return taken_; }

 private:
  std::counting_semaphore<>& free_;
  bool taken_;
};

Error busy() { return {"gm-users-busy", "too many passwords are being checked at the moment; try again in a second"}; }

}  // namespace

PasswordSettings PasswordSettings::from(const config::Settings& settings) {
  return {static_cast<size_t>(settings.bytes("users.password_memory")),
          static_cast<uint64_t>(settings.integer("users.password_rounds")),
          static_cast<size_t>(settings.integer("users.password_length_min")),
          static_cast<size_t>(settings.integer("users.password_checks_max"))};
}

Passwords::Passwords(PasswordSettings settings)
    : settings_(settings), free_(static_cast<ptrdiff_t>(settings.at_once_max)) {
  if (sodium_init() < 0) std::abort();  // without a source of randomness no salt can be made
  std::string nothing(kNobodyBytes, '\0');
  randombytes_buf(nothing.data(), nothing.size());
  if (auto made = derive(nothing)) nobody_ = std::move(*made);
}

Result<std::string> Passwords::derive(std::string_view password) {
  std::array<char, crypto_pwhash_STRBYTES> text{};
  const int made = crypto_pwhash_str_alg(text.data(), password.data(), password.size(), settings_.rounds,
                                         settings_.memory_bytes, crypto_pwhash_ALG_ARGON2ID13);
  if (made != 0) return Error{"gm-users-busy", "no memory to hash a password now; see users.password_memory"};
  return std::string(text.data());
}

Result<std::string> Passwords::hash(std::string_view password) {
  if (password.size() < settings_.length_min || password.size() > kLengthMax)
    return Error{"gm-password-weak", "a password has at least " + std::to_string(settings_.length_min) +
                                         " bytes and at most " + std::to_string(kLengthMax)};
  const Place place(free_);
  if (!place.taken()) return busy();
  return derive(password);
}

Result<bool> Passwords::fits(std::string_view password, const std::string& hash) {
  const Place place(free_);
  if (!place.taken()) return busy();
  if (password.size() > kLengthMax) return false;
  const std::string& compared = hash.empty() ? nobody_ : hash;
  return crypto_pwhash_str_verify(compared.c_str(), password.data(), password.size()) == 0 && !hash.empty();
}

}  // namespace gm::identity
