#pragma once
// Private to this folder: how much one answer may hold, whichever way it is asked for.

#include <cstddef>
#include <cstdint>

namespace gm::analytics_api {

inline constexpr int kTopEventsMax = 1000;
inline constexpr int kRejectedMax = 500;
inline constexpr int kSchemaEventsMax = 200;
inline constexpr int kSchemaEventsDefault = 50;
inline constexpr int kSchemaViolationsMax = 500;
inline constexpr int kSchemaViolationsDefault = 100;
inline constexpr size_t kPropertyNameBytesMax = 1000;  // of one that is declared
inline constexpr int kPlayersMax = 500;
inline constexpr int kTimelineMax = 1000;
inline constexpr int kRetentionDayMax = 730;
inline constexpr size_t kRetentionDaysMax = 32;
inline constexpr int64_t kLiveBatchMax = 500;       // events of one response of a subscription
inline constexpr size_t kLiveFilterValuesMax = 50;  // of each list of a filter
inline constexpr int64_t kLookAgainSecondsMax = 3600;

}  // namespace gm::analytics_api
