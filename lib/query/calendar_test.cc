#include "lib/query/calendar.h"

#include <gtest/gtest.h>

#include "lib/base/clock.h"

namespace gm::query {
namespace {

constexpr int64_t kWeekMs = 7 * kMsPerDay;

Date day(std::string_view text) { return Date::parse(text).value(); }
int64_t moment(std::string_view text) { return parse_iso8601_ms(text).value(); }
TimeZone zone(std::string_view name) { return TimeZone::find(name).value(); }

struct Edge {
  const char* zone;
  const char* date;
  const char* ends_at;  // the first instant of the next day, UTC
};

class CalendarEdgeTest : public testing::TestWithParam<Edge> {};

TEST_P(CalendarEdgeTest, ADayEndsWithItsLastMillisecondInTheZone) {
  const auto& edge = GetParam();
  ManualClock clock(moment(edge.ends_at) - 1);
  EXPECT_FALSE(Calendar(zone(edge.zone), clock.now_ms(), kWeekMs).ended(day(edge.date)));
  EXPECT_EQ(Calendar(zone(edge.zone), clock.now_ms(), kWeekMs).today(), day(edge.date));
  clock.advance_ms(1);
  EXPECT_TRUE(Calendar(zone(edge.zone), clock.now_ms(), kWeekMs).ended(day(edge.date)));
  EXPECT_EQ(Calendar(zone(edge.zone), clock.now_ms(), kWeekMs).today(), day(edge.date) + 1);
}

TEST_P(CalendarEdgeTest, ADayIsProvisionalUntilTheLateWindowHasPassed) {
  const auto& edge = GetParam();
  ManualClock clock(moment(edge.ends_at) + kWeekMs - 1);
  EXPECT_TRUE(Calendar(zone(edge.zone), clock.now_ms(), kWeekMs).provisional(day(edge.date)));
  clock.advance_ms(1);
  EXPECT_FALSE(Calendar(zone(edge.zone), clock.now_ms(), kWeekMs).provisional(day(edge.date)));
}

INSTANTIATE_TEST_SUITE_P(Zones, CalendarEdgeTest,
                         testing::Values(Edge{"UTC", "2026-11-23", "2026-11-24T00:00:00Z"},
                                         Edge{"Asia/Shanghai", "2026-11-23", "2026-11-23T16:00:00Z"},
                                         Edge{"America/Los_Angeles", "2026-11-23", "2026-11-24T08:00:00Z"},
                                         // The clocks go forward: 23 hours, from 08:00Z to 07:00Z.
                                         Edge{"America/Los_Angeles", "2026-03-08", "2026-03-09T07:00:00Z"},
                                         // The clocks go back: 25 hours, from 07:00Z to 08:00Z.
                                         Edge{"America/Los_Angeles", "2026-11-01", "2026-11-02T08:00:00Z"}));

TEST(CalendarTest, WithoutALateWindowADayIsFinalWhenItEnds) {
  const Calendar calendar(TimeZone::utc(), moment("2026-11-24T00:00:00Z"), 0);
  EXPECT_FALSE(calendar.provisional(day("2026-11-23")));
  EXPECT_TRUE(calendar.provisional(day("2026-11-24")));
}

TEST(CalendarTest, ARangeIsCompleteWhenItsLastDayIs) {
  const Calendar calendar(TimeZone::utc(), moment("2026-11-23T12:00:00Z"), kWeekMs);
  EXPECT_TRUE(calendar.complete({day("2026-11-01"), day("2026-11-15")}));
  EXPECT_FALSE(calendar.complete({day("2026-11-01"), day("2026-11-16")}));
  EXPECT_FALSE(calendar.complete({day("2026-11-01"), day("2026-12-01")}));
}

}  // namespace
}  // namespace gm::query
