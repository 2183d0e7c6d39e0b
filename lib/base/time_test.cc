#include "lib/base/time.h"

#include <gtest/gtest.h>

namespace gm {
namespace {

constexpr int64_t kNoon = 1'795'435'200'000;  // 2026-11-23T12:00:00Z, a Monday

TEST(Date, round_trips_and_refuses_what_is_no_date) {
  EXPECT_EQ(Date::parse("1970-01-01")->days, 0);
  EXPECT_EQ(Date::parse("2026-11-23")->days, kNoon / kMsPerDay);
  EXPECT_EQ((Date{20'780}.to_string()), "2026-11-23");
  for (const char* text : {"0001-01-01", "1969-12-31", "2000-02-29", "9999-12-31"}) {
    EXPECT_EQ(Date::parse(text)->to_string(), text);
  }
  for (const char* text : {"", "2026-11-31", "2025-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-1-1",
                           "2026-11-23T", "0000-01-01", "20261123", "2026-11-2x", " 2026-11-23"}) {
    EXPECT_FALSE(Date::parse(text)) << text;
  }
  EXPECT_EQ((Date{10} + 5) - Date{3}, 12);
}

TEST(Iso8601, reads_the_usual_forms) {
  EXPECT_EQ(parse_iso8601_ms("2026-11-23T12:00:00Z"), kNoon);
  EXPECT_EQ(parse_iso8601_ms("2026-11-23T12:00:00.120Z"), kNoon + 120);
  EXPECT_EQ(parse_iso8601_ms("2026-11-23T12:00:00.1234567Z"), kNoon + 123);
  EXPECT_EQ(parse_iso8601_ms("2026-11-23 12:00:00"), kNoon);
  EXPECT_EQ(parse_iso8601_ms("2026-11-23t12:00z"), kNoon);
  EXPECT_EQ(parse_iso8601_ms("2026-11-23T14:00:00+02:00"), kNoon);
  EXPECT_EQ(parse_iso8601_ms("2026-11-23T14:00:00+0200"), kNoon);
  EXPECT_EQ(parse_iso8601_ms("2026-11-23T06:30:00-05:30"), kNoon);
  EXPECT_EQ(parse_iso8601_ms("2026-11-23T07:00:00-05"), kNoon);
  EXPECT_EQ(parse_iso8601_ms("2026-11-23"), kNoon - 12 * kMsPerHour);
  EXPECT_EQ(parse_iso8601_ms("2016-12-31T23:59:60Z"), parse_iso8601_ms("2017-01-01T00:00:00Z")) << "a leap second";
  EXPECT_EQ(parse_iso8601_ms("1969-12-31T23:59:59.999Z"), -1);
}

TEST(Iso8601, refuses_the_rest) {
  for (const char* text :
       {"", "now", "2026-11-23T", "2026-11-23T12", "2026-11-23T12:", "2026-11-23T24:00:00Z", "2026-11-23T12:60:00Z",
        "2026-11-23T12:00:61Z", "2026-11-23T12:00:00.Z", "2026-11-23T12:00:00Zx", "2026-11-23T12:00:00+",
        "2026-11-23T12:00:00+24:00", "2026-11-23T12:00:00+02:60", "2026-11-23T12:00:00+02:0", "2026-11-23X12:00:00Z",
        "2026-11-23T12:00:00 Z", "1795435200"}) {
    EXPECT_FALSE(parse_iso8601_ms(text)) << text;
  }
}

// "Z" at the usual places is read by another function than "+00:00".
TEST(Iso8601, reads_the_usual_form_as_it_reads_all) {
  for (const std::string plain : {"2026-11-23T12:34:56.789", "2024-02-29T23:59:59"}) {
    for (size_t place = 0; place < plain.size(); ++place) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text = plain;
        text[place] = static_cast<char>(byte);
        ASSERT_EQ(parse_iso8601_ms(text + "Z"), parse_iso8601_ms(text + "+00:00")) << text;
      }
    }
  }
  EXPECT_FALSE(parse_iso8601_ms("2026-02-29T12:34:56Z"));
  EXPECT_FALSE(parse_iso8601_ms("0000-01-01T12:34:56Z"));
}

TEST(Iso8601, formats_what_it_reads) {
  EXPECT_EQ(format_iso8601(kNoon + 7), "2026-11-23T12:00:00.007Z");
  EXPECT_EQ(format_iso8601(-1), "1969-12-31T23:59:59.999Z");
  for (int64_t ms = -5'000'000'000'000; ms < 5'000'000'000'000; ms += 7'777'777'777) {
    EXPECT_EQ(parse_iso8601_ms(format_iso8601(ms)), ms);
  }
}

TEST(TimeZone, knows_names) {
  EXPECT_EQ(TimeZone::utc().name(), "UTC");
  EXPECT_EQ(TimeZone::find("UTC")->local_date(kNoon).to_string(), "2026-11-23");
  EXPECT_EQ(TimeZone::find("Europe/Berlin")->name(), "Europe/Berlin");
  EXPECT_EQ(TimeZone::find("Europe/Atlantis").error().code, "gm-time-zone-unknown");
  EXPECT_EQ(TimeZone::find("").error().code, "gm-time-zone-unknown");
}

TEST(TimeZone, days_begin_at_local_midnight) {
  const TimeZone auckland = *TimeZone::find("Pacific/Auckland");
  const TimeZone los_angeles = *TimeZone::find("America/Los_Angeles");
  EXPECT_EQ(auckland.local_date(kNoon).to_string(), "2026-11-24");
  EXPECT_EQ(los_angeles.local_date(kNoon).to_string(), "2026-11-23");
  EXPECT_EQ(los_angeles.local_date(*parse_iso8601_ms("2026-11-23T07:59:59.999Z")).to_string(), "2026-11-22");
  EXPECT_EQ(format_iso8601(los_angeles.start_of(*Date::parse("2026-11-23"))), "2026-11-23T08:00:00.000Z");
  EXPECT_EQ(TimeZone::utc().local_date(-1).to_string(), "1969-12-31");
}

// A day at a change of the clocks has 23 or 25 hours, and in some zones no midnight.
TEST(TimeZone, daylight_saving_changes_the_length_of_days) {
  const auto hours = [](const TimeZone& zone, const char* date) {
    const Date day = *Date::parse(date);
    return (zone.start_of(day + 1) - zone.start_of(day)) / kMsPerHour;
  };
  const TimeZone berlin = *TimeZone::find("Europe/Berlin");
  EXPECT_EQ(hours(berlin, "2026-03-29"), 23);
  EXPECT_EQ(hours(berlin, "2026-10-25"), 25);
  EXPECT_EQ(hours(berlin, "2026-06-01"), 24);
  const TimeZone beirut = *TimeZone::find("Asia/Beirut");  // springs forward at midnight
  const Date change = *Date::parse("2021-03-28");
  EXPECT_EQ(hours(beirut, "2021-03-28"), 23);
  EXPECT_EQ(beirut.local_date(beirut.start_of(change)), change);
  EXPECT_EQ(beirut.local_date(beirut.start_of(change) - 1), change - 1);
}

TEST(TimeZone, every_start_is_the_first_instant_of_its_date) {
  for (const char* name :
       {"UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Kiritimati", "America/Havana"}) {
    const TimeZone zone = *TimeZone::find(name);
    for (Date day = *Date::parse("2017-01-01"); day < *Date::parse("2020-01-01"); day = day + 1) {
      EXPECT_EQ(zone.local_date(zone.start_of(day)), day) << name << day.to_string();
      EXPECT_EQ(zone.local_date(zone.start_of(day) - 1), day - 1) << name << day.to_string();
    }
  }
}

}  // namespace
}  // namespace gm
