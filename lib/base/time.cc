#include "lib/base/time.h"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <stdexcept>

namespace gm {
namespace {

using std::chrono::milliseconds;
using Instant = date::sys_time<milliseconds>;

Instant to_instant(int64_t unix_ms) { return Instant{milliseconds{unix_ms}}; }

// Reads exactly `count` decimal digits at `pos` and moves past them.
std::optional<int> digits(std::string_view text, size_t& pos, size_t count) {
  if (pos + count > text.size()) return std::nullopt;
  int value = 0;
  for (size_t i = 0; i < count; ++i) {
    const char c = text[pos + i];
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  pos += count;
  return value;
}

bool take(std::string_view text, size_t& pos, char wanted) {
  if (pos >= text.size() || text[pos] != wanted) return false;
  ++pos;
  return true;
}

std::optional<Date> read_date(std::string_view text, size_t& pos) {
  const auto year = digits(text, pos, 4);
  if (!year || *year < 1 || !take(text, pos, '-')) return std::nullopt;
  const auto month = digits(text, pos, 2);
  if (!month || !take(text, pos, '-')) return std::nullopt;
  const auto day = digits(text, pos, 2);
  if (!day) return std::nullopt;
  const date::year_month_day ymd{date::year{*year}, date::month{static_cast<unsigned>(*month)},
                                 date::day{static_cast<unsigned>(*day)}};
  if (!ymd.ok()) return std::nullopt;
  return Date{date::sys_days{ymd}.time_since_epoch().count()};
}

// Milliseconds of a fraction such as ".120456"; the digits after the third are cut.
std::optional<int> read_fraction_ms(std::string_view text, size_t& pos) {
  int ms = 0;
  int scale = 100;
  const size_t start = pos;
  while (pos < text.size() && text[pos] >= '0' && text[pos] <= '9') {
    ms += (text[pos] - '0') * scale;
    scale /= 10;
    ++pos;
  }
  if (pos == start) return std::nullopt;
  return ms;
}

// Milliseconds to subtract: "Z", "" = 0, "+02:00", "+0200", "+02".
std::optional<int64_t> read_offset_ms(std::string_view text, size_t& pos) {
  if (pos == text.size()) return 0;
  if (take(text, pos, 'Z') || take(text, pos, 'z')) return 0;
  const bool negative = text[pos] == '-';
  if (!negative && text[pos] != '+') return std::nullopt;
  ++pos;
  const auto hours = digits(text, pos, 2);
  if (!hours || *hours > 23) return std::nullopt;
  int minutes = 0;
  if (pos < text.size()) {
    take(text, pos, ':');
    const auto read = digits(text, pos, 2);
    if (!read || *read > 59) return std::nullopt;
    minutes = *read;
  }
  const int64_t offset = *hours * kMsPerHour + minutes * kMsPerMinute;
  return negative ? -offset : offset;
}

std::optional<int64_t> read_time_of_day_ms(std::string_view text, size_t& pos) {
  const auto hour = digits(text, pos, 2);
  if (!hour || *hour > 23 || !take(text, pos, ':')) return std::nullopt;
  const auto minute = digits(text, pos, 2);
  if (!minute || *minute > 59) return std::nullopt;
  int64_t ms = *hour * kMsPerHour + *minute * kMsPerMinute;
  if (!take(text, pos, ':')) return ms;
  const auto second = digits(text, pos, 2);
  if (!second || *second > 60) return std::nullopt;  // 60: a leap second, counted into the next minute
  ms += *second * kMsPerSecond;
  if (take(text, pos, '.') || take(text, pos, ',')) {
    const auto fraction = read_fraction_ms(text, pos);
    if (!fraction) return std::nullopt;
    ms += *fraction;
  }
  return ms;
}

// Two decimal digits; what is none leaves its mark in `worst`.
unsigned two_digits(const char* text, unsigned& worst) {
  const unsigned tens = static_cast<unsigned char>(text[0]) - unsigned{'0'};
  const unsigned ones = static_cast<unsigned char>(text[1]) - unsigned{'0'};
  worst = std::max(worst, std::max(tens, ones));
  return tens * 10 + ones;
}

// "2026-11-23T12" as milliseconds. The events of a request lie near each other, so the hour read last is remembered.
std::optional<int64_t> read_usual_hour_ms(const char* text) {
  constexpr size_t kHourBytes = 13;
  thread_local std::array<char, kHourBytes + 1> known = {"1970-01-01T00"};
  thread_local int64_t known_ms = 0;
  if (std::memcmp(text, known.data(), kHourBytes) == 0) return known_ms;
  if (text[4] != '-' || text[7] != '-' || text[10] != 'T') return std::nullopt;
  unsigned worst = 0;
  const unsigned year = two_digits(text, worst) * 100 + two_digits(text + 2, worst);
  const unsigned month = two_digits(text + 5, worst), day = two_digits(text + 8, worst);
  const unsigned hour = two_digits(text + 11, worst);
  if (worst > 9 || year < 1 || hour > 23) return std::nullopt;
  const date::year_month_day ymd{date::year{static_cast<int>(year)}, date::month{month}, date::day{day}};
  if (!ymd.ok()) return std::nullopt;
  std::memcpy(known.data(), text, kHourBytes);
  known_ms = int64_t{date::sys_days{ymd}.time_since_epoch().count()} * kMsPerDay + hour * kMsPerHour;
  return known_ms;
}

// The form that nearly every sender uses, "2026-11-23T12:00:00.120Z" with or without milliseconds, at its fixed places.
// Anything else, also anything wrong, is left to the reader of all forms.
std::optional<int64_t> read_usual_ms(std::string_view text) {
  const bool has_ms = text.size() == 24;
  if ((!has_ms && text.size() != 20) || text.back() != 'Z') return std::nullopt;
  const char* const t = text.data();
  if (t[13] != ':' || t[16] != ':' || (has_ms && t[19] != '.')) return std::nullopt;
  unsigned worst = 0;
  const unsigned minute = two_digits(t + 14, worst), second = two_digits(t + 17, worst);
  const unsigned ms = has_ms ? two_digits(t + 20, worst) * 10 + two_digits(t + 21, worst) % 10 : 0;
  if (worst > 9 || minute > 59 || second > 59) return std::nullopt;
  const auto hour_ms = read_usual_hour_ms(t);
  if (!hour_ms) return std::nullopt;
  return *hour_ms + minute * kMsPerMinute + second * kMsPerSecond + ms;
}

}  // namespace

std::optional<Date> Date::parse(std::string_view text) {
  size_t pos = 0;
  const auto date = read_date(text, pos);
  if (!date || pos != text.size()) return std::nullopt;
  return date;
}

std::string Date::to_string() const {
  const date::year_month_day ymd{date::sys_days{date::days{days}}};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                     static_cast<unsigned>(ymd.day()));
}

std::optional<int64_t> parse_iso8601_ms(std::string_view text) {
  if (const auto usual = read_usual_ms(text)) return usual;
  size_t pos = 0;
  const auto date = read_date(text, pos);
  if (!date) return std::nullopt;
  const int64_t midnight = date->days * kMsPerDay;
  if (pos == text.size()) return midnight;
  if (!take(text, pos, 'T') && !take(text, pos, 't') && !take(text, pos, ' ')) return std::nullopt;
  const auto time = read_time_of_day_ms(text, pos);
  if (!time) return std::nullopt;
  const auto offset = read_offset_ms(text, pos);
  if (!offset || pos != text.size()) return std::nullopt;
  return midnight + *time - *offset;
}

std::string format_iso8601(int64_t unix_ms) {
  int64_t days = unix_ms / kMsPerDay;
  int64_t rest = unix_ms % kMsPerDay;
  if (rest < 0) {
    rest += kMsPerDay;
    --days;
  }
  return fmt::format("{}T{:02}:{:02}:{:02}.{:03}Z", Date{static_cast<int32_t>(days)}.to_string(), rest / kMsPerHour,
                     rest / kMsPerMinute % 60, rest / kMsPerSecond % 60, rest % 1000);
}

// A null zone is UTC: the common case needs no look-up in the zone database.
struct TimeZone::Zone {
  const date::time_zone* zone;
};

TimeZone TimeZone::utc() { return TimeZone(std::make_shared<Zone>(Zone{nullptr})); }

Result<TimeZone> TimeZone::find(std::string_view iana_name) {
  if (iana_name == "UTC") return utc();
  try {
    return TimeZone(std::make_shared<Zone>(Zone{date::locate_zone(iana_name)}));
  } catch (const std::runtime_error&) {
    return Error{"gm-time-zone-unknown", fmt::format("'{}' is not an IANA time zone such as Europe/Berlin", iana_name)};
  }
}

std::string_view TimeZone::name() const { return zone_->zone ? std::string_view(zone_->zone->name()) : "UTC"; }

Date TimeZone::local_date(int64_t unix_ms) const {
  if (!zone_->zone) return Date{date::floor<date::days>(to_instant(unix_ms)).time_since_epoch().count()};
  const auto local = zone_->zone->to_local(to_instant(unix_ms));
  return Date{date::floor<date::days>(local).time_since_epoch().count()};
}

int64_t TimeZone::start_of(Date date) const {
  if (!zone_->zone) return date.days * kMsPerDay;
  // Where midnight does not exist (a zone that springs forward at 00:00) or happens twice, the day starts at the first
  // instant that has this date.
  const date::local_days midnight{date::days{date.days}};
  const auto start = zone_->zone->to_sys(midnight, date::choose::earliest);
  return std::chrono::duration_cast<milliseconds>(start.time_since_epoch()).count();
}

}  // namespace gm
