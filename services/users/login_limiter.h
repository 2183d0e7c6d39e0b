#pragma once
// How often one address may try to sign in. Beside the lockout of an account, which a guesser of many accounts never
// meets.

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "lib/base/clock.h"

namespace gm::users {

// Counts by whole minutes of the monotonic clock. Thread-safe.
class LoginLimiter {
 public:
  LoginLimiter(int64_t per_minute_max, const Clock& clock) : per_minute_max_(per_minute_max), clock_(clock) {}

  // False: not before the next minute. So is every new address once a minute has brought kAddressesMax of them.
  bool take(std::string_view address);

  static constexpr size_t kAddressesMax = 100'000;

 private:
  const int64_t per_minute_max_;
  const Clock& clock_;
  std::mutex mutex_;
  int64_t minute_ = -1;
  std::unordered_map<std::string, int64_t> taken_;
};

}  // namespace gm::users
