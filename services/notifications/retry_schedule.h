#pragma once
// Private to this folder: when a message that was not taken is sent again.

#include <array>
#include <cstdint>

#include "lib/base/random.h"
#include "lib/base/time.h"

namespace gm::notifications {

// Delays at most, as Standard Webhooks recommends them; the first attempt is at once.
inline constexpr std::array kRetryDelaysMs = {5 * kMsPerSecond, 5 * kMsPerMinute, 30 * kMsPerMinute,
                                              2 * kMsPerHour,   5 * kMsPerHour,   10 * kMsPerHour,
                                              14 * kMsPerHour,  20 * kMsPerHour,  24 * kMsPerHour};
inline constexpr int64_t kAttemptsMax = kRetryDelaysMs.size() + 1;
inline constexpr int64_t kRetryDelayMinMs = kMsPerSecond;

// After `attempts` of them, 1 or more: uniformly between a second and the delay ("full jitter"), so that what failed
// together does not come back together. Precondition: attempts < kAttemptsMax.
inline int64_t retry_delay_ms(int64_t attempts, Random& random) {
  const int64_t most = kRetryDelaysMs.at(static_cast<size_t>(attempts - 1));
  return kRetryDelayMinMs + static_cast<int64_t>(random.next_u64() % static_cast<uint64_t>(most - kRetryDelayMinMs));
}

}  // namespace gm::notifications
