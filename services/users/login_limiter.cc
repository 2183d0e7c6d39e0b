#include "services/users/login_limiter.h"

namespace gm::users {
namespace {
constexpr int64_t kMinuteNs = 60'000'000'000;
}

bool LoginLimiter::take(std::string_view address) {
  const std::lock_guard lock(mutex_);
  if (const int64_t now = clock_.monotonic_ns() / kMinuteNs; now != minute_) {
    minute_ = now;
    taken_.clear();
  }
  const auto found = taken_.find(std::string(address));
  if (found == taken_.end()) {
    if (taken_.size() >= kAddressesMax || per_minute_max_ < 1) return false;
    taken_.emplace(address, 1);
    return true;
  }
  if (found->second >= per_minute_max_) return false;
  ++found->second;
  return true;
}

}  // namespace gm::users
