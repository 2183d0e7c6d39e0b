#pragma once
// Private to this folder: how much one answer may hold, whichever way it is asked for.

#include <cstddef>

namespace gm::analytics_api {

inline constexpr int kTopEventsMax = 1000;
inline constexpr int kRejectedMax = 500;
inline constexpr int kRetentionDayMax = 730;
inline constexpr size_t kRetentionDaysMax = 32;

}  // namespace gm::analytics_api
