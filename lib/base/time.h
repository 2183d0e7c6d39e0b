#pragma once
// Calendar dates, ISO 8601 text and time zones. All instants are Unix milliseconds (UTC).

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace gm {

inline constexpr int64_t kMsPerSecond = 1000;
inline constexpr int64_t kMsPerMinute = 60 * kMsPerSecond;
inline constexpr int64_t kMsPerHour = 60 * kMsPerMinute;
inline constexpr int64_t kMsPerDay = 24 * kMsPerHour;

// A calendar date as days since 1970-01-01 (proleptic Gregorian).
struct Date {
  int32_t days = 0;

  auto operator<=>(const Date&) const = default;
  Date operator+(int32_t n) const { return {days + n}; }
  Date operator-(int32_t n) const { return {days - n}; }
  int32_t operator-(Date other) const { return days - other.days; }

  static std::optional<Date> parse(std::string_view yyyy_mm_dd);
  std::string to_string() const;
};

// ISO 8601 date-time: "2026-11-23T09:00:00Z", fractions of any length, "+02:00" offsets, a space for the "T", no offset
// = UTC. A date alone is midnight UTC. nullopt when malformed or outside years 0001..9999.
std::optional<int64_t> parse_iso8601_ms(std::string_view text);
// "2026-11-23T09:00:00.120Z".
std::string format_iso8601(int64_t unix_ms);

// An IANA time zone. Days at a daylight-saving change are 23 or 25 hours long.
class TimeZone {
 public:
  // Error gm-time-zone-unknown.
  static Result<TimeZone> find(std::string_view iana_name);
  static TimeZone utc();

  std::string_view name() const;
  Date local_date(int64_t unix_ms) const;
  // The first instant of `date` in this zone.
  int64_t start_of(Date date) const;

 private:
  struct Zone;
  explicit TimeZone(std::shared_ptr<const Zone> zone) : zone_(std::move(zone)) {}
  std::shared_ptr<const Zone> zone_;
};

}  // namespace gm
