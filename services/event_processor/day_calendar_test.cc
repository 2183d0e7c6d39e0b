#include "services/event_processor/day_calendar.h"

#include <gtest/gtest.h>

#include "lib/base/random.h"

namespace gm::event_processor {
namespace {

class DayCalendarOf : public ::testing::TestWithParam<const char*> {};

TEST_P(DayCalendarOf, AgreesWithTheZoneEverywhere) {
  const TimeZone zone = TimeZone::find(GetParam()).value();
  DayCalendar calendar(zone);
  SeededRandom random(11);
  for (int i = 0; i < 20'000; ++i) {
    const auto time_ms =
        static_cast<int64_t>(random.below(40ull * 365 * kMsPerDay)) + 1'000'000'000'000 - 10 * 365 * kMsPerDay;
    ASSERT_EQ(calendar.date_of(time_ms), zone.local_date(time_ms)) << format_iso8601(time_ms);
  }
}

TEST_P(DayCalendarOf, ChangesAtTheFirstInstantOfADay) {
  const TimeZone zone = TimeZone::find(GetParam()).value();
  DayCalendar calendar(zone);
  for (Date date{20'500}; date < Date{20'900}; date = date + 1) {
    const int64_t start = zone.start_of(date);
    ASSERT_EQ(calendar.date_of(start), date) << date.to_string();
    ASSERT_EQ(calendar.date_of(start - 1), date - 1) << date.to_string();
  }
}

INSTANTIATE_TEST_SUITE_P(Zones, DayCalendarOf,
                         ::testing::Values("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata",
                                           "Pacific/Auckland", "Pacific/Kiritimati", "America/Sao_Paulo",
                                           "Asia/Beirut"));

TEST(DayCalendar, ServesTimesBeforeTheEpochAndForgetsOldDays) {
  DayCalendar calendar(TimeZone::utc());
  EXPECT_EQ(calendar.date_of(-1), Date{-1});
  EXPECT_EQ(calendar.date_of(-kMsPerDay), Date{-1});
  EXPECT_EQ(calendar.date_of(-kMsPerDay - 1), Date{-2});
  for (int32_t day = 0; day < 10'000; ++day) ASSERT_EQ(calendar.date_of(day * kMsPerDay), Date{day});
}

}  // namespace
}  // namespace gm::event_processor
