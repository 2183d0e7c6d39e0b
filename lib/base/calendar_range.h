#pragma once
// The instants that a date of four digits can name. Unix milliseconds.

#include <cstdint>

namespace gm {

inline constexpr int64_t kYear1Ms = -62'135'596'800'000;      // 0001-01-01T00:00:00Z, the first
inline constexpr int64_t kYear10000Ms = 253'402'300'800'000;  // behind the last

constexpr bool has_calendar_date(int64_t unix_ms) { return unix_ms >= kYear1Ms && unix_ms < kYear10000Ms; }

}  // namespace gm
