#include "services/event_processor/event_time.h"

#include <gtest/gtest.h>

#include "lib/base/time.h"

namespace gm::event_processor {
namespace {

constexpr int64_t kReceived = 1'790'000'000'000;
constexpr TimeRules kRules{60 * kMsPerSecond, kMsPerHour, kMsPerHour};

event::BatchInfo info_sent(int64_t sent_ms, bool historical = false) {
  event::BatchInfo info;
  info.received_ms = kReceived;
  info.sent_ms = sent_ms;
  info.historical = historical;
  return info;
}
event::Event at(int64_t time_ms, uint16_t flags = 0) {
  event::Event event;
  event.time_ms = time_ms;
  event.flags = flags;
  return event;
}

TEST(ClockOffset, SmallDifferencesAreTheNetworksDelay) {
  EXPECT_EQ(clock_offset_ms(info_sent(kReceived - 60'000), kRules), 0);
  EXPECT_EQ(clock_offset_ms(info_sent(kReceived + 60'000), kRules), 0);
  EXPECT_EQ(clock_offset_ms(info_sent(kReceived - 60'001), kRules), 60'001);
  EXPECT_EQ(clock_offset_ms(info_sent(kReceived + 7'200'000), kRules), -7'200'000);
}

TEST(ClockOffset, NeedsATimeOfSendingAndATrustedClock) {
  EXPECT_EQ(clock_offset_ms(info_sent(0), kRules), 0);
  EXPECT_EQ(clock_offset_ms(info_sent(kReceived - kMsPerDay, true), kRules), 0);
  EXPECT_EQ(clock_offset_ms(info_sent(INT64_MIN), kRules), 0) << "an absurd clock must not overflow";
}

TEST(EventTimeRule, ShiftsByTheBatchsOffsetAndSaysSo) {
  const EventTime time = event_time(info_sent(0), at(kReceived - 5000), 3000, kRules);
  EXPECT_EQ(time.time_ms, kReceived - 2000);
  EXPECT_EQ(time.flags, event::kTimeShifted);
}

TEST(EventTimeRule, TimesOfTheServerAreNotShifted) {
  const EventTime absent = event_time(info_sent(0), at(kReceived, event::kTimeAbsent), 3'600'000, kRules);
  EXPECT_EQ(absent.time_ms, kReceived);
  EXPECT_EQ(absent.flags, event::kTimeAbsent);
  EXPECT_EQ(event_time(info_sent(0), at(kReceived - 5000, event::kServerClock), 3'600'000, kRules).time_ms,
            kReceived - 5000);
  EXPECT_EQ(event_time(info_sent(0), at(kReceived, event::kTimeClamped), -3'600'000, kRules).time_ms, kReceived);
}

TEST(EventTimeRule, TheFutureIsCountedAtReceipt) {
  EXPECT_EQ(event_time(info_sent(0), at(kReceived + kMsPerHour), 0, kRules).time_ms, kReceived + kMsPerHour);
  const EventTime clamped = event_time(info_sent(0), at(kReceived + kMsPerHour + 1), 0, kRules);
  EXPECT_EQ(clamped.time_ms, kReceived);
  EXPECT_EQ(clamped.flags, event::kTimeClamped);
  EXPECT_EQ(event_time(info_sent(0), at(kReceived + 2 * kMsPerHour), -2 * kMsPerHour, kRules).time_ms, kReceived)
      << "the correction comes before the judgement";
  EXPECT_EQ(event_time(info_sent(0), at(INT64_MAX), -5, kRules).time_ms, kReceived);
  EXPECT_EQ(event_time(info_sent(0), at(INT64_MIN), -5, kRules).time_ms, kReceived);
}

TEST(EventTimeRule, LateIsMeasuredAfterTheCorrectionAndNotForBackfills) {
  EXPECT_FALSE(event_time(info_sent(0), at(kReceived - kMsPerHour), 0, kRules).late);
  EXPECT_TRUE(event_time(info_sent(0), at(kReceived - kMsPerHour - 1), 0, kRules).late);
  EXPECT_FALSE(event_time(info_sent(0), at(kReceived - 2 * kMsPerHour), 2 * kMsPerHour, kRules).late);
  EXPECT_FALSE(event_time(info_sent(0, true), at(kReceived - 90 * kMsPerDay), 0, kRules).late);
}

}  // namespace
}  // namespace gm::event_processor
