#include "services/notifications/judgement.h"

#include <gtest/gtest.h>

#include "services/notifications/metric_reader.h"

namespace gm::notifications {
namespace {

RuleDefinition rule(const char* condition, query::Interval window = query::Interval::day) {
  const std::string text =
      R"({"metric":"events","window":")" + std::string(window_name(window)) + R"(","condition":)" + condition + "}";
  const auto read = stored_definition(text);
  EXPECT_TRUE(read.has_value()) << text;
  return read.value_or(RuleDefinition{});
}

// Days that end with 2026-03-31.
std::vector<Period> days(const std::vector<double>& values, const TimeZone& zone = TimeZone::utc()) {
  std::vector<Period> periods;
  const Date last = *Date::parse("2026-03-31");
  for (size_t i = 0; i < values.size(); ++i) {
    const Date date = last - static_cast<int32_t>(values.size() - 1 - i);
    periods.push_back({date.to_string(), zone.start_of(date), values[i]});
  }
  return periods;
}

Verdict judged(const RuleDefinition& definition, const std::vector<double>& values) {
  return judge(definition, TimeZone::utc(), days(values));
}

TEST(Judgement, a_threshold_is_a_bound_that_the_value_itself_may_have) {
  const RuleDefinition above = rule(R"({"kind":"threshold","above":100})");
  EXPECT_FALSE(judged(above, {100}).holds);
  EXPECT_TRUE(judged(above, {100.5}).holds);
  const RuleDefinition below = rule(R"({"kind":"threshold","below":100})");
  EXPECT_FALSE(judged(below, {100}).holds);
  const Verdict verdict = judged(below, {7});
  EXPECT_TRUE(verdict.holds);
  EXPECT_EQ(verdict.summary, "events of 2026-03-31 is 7, below 100");
  EXPECT_EQ(verdict.low, 100);
  EXPECT_FALSE(verdict.high);
}

TEST(Judgement, with_a_value_to_resolve_at_it_is_over_there_and_not_before) {
  const RuleDefinition above = rule(R"({"kind":"threshold","above":100,"resolve_at":80})");
  EXPECT_FALSE(judged(above, {90}).holds);
  EXPECT_FALSE(judged(above, {90}).cleared);
  EXPECT_TRUE(judged(above, {80}).cleared);
  const RuleDefinition below = rule(R"({"kind":"threshold","below":100,"resolve_at":120})");
  EXPECT_FALSE(judged(below, {110}).cleared);
  EXPECT_TRUE(judged(below, {120}).cleared);
}

TEST(Judgement, a_change_is_counted_from_the_period_before) {
  const RuleDefinition percent = rule(R"({"kind":"change","falls":20,"rises":50})");
  EXPECT_FALSE(judged(percent, {100, 80}).holds);
  EXPECT_TRUE(judged(percent, {100, 79}).holds);
  EXPECT_FALSE(judged(percent, {100, 150}).holds);
  EXPECT_TRUE(judged(percent, {100, 151}).holds);
  const RuleDefinition absolute = rule(R"({"kind":"change","unit":"absolute","falls":5})");
  EXPECT_TRUE(judged(absolute, {10, 4}).holds);
  EXPECT_FALSE(judged(absolute, {10, 1000}).holds);
  EXPECT_FALSE(judged(percent, {0, 5}).judged) << "nothing is a percent of 0";
  EXPECT_FALSE(judged(percent, {5}).judged);
}

// Weeks of a game with quiet weekdays and busy Sundays; the last value is a Tuesday's.
std::vector<double> weeks(int count, double last) {
  std::vector<double> values;
  for (int day = -7 * count; day <= 0; ++day) {
    const int weekday = ((day % 7) + 7) % 7;  // 0: the judged one's
    values.push_back((weekday == 5 ? 1000 : 100) + (day % 14 == 0 ? 4 : -4));
  }
  values.back() = last;
  return values;
}

TEST(Judgement, an_anomaly_is_seen_against_the_same_weekday) {
  const RuleDefinition anomaly = rule(R"({"kind":"anomaly","sensitivity":3,"weeks":6})");
  EXPECT_TRUE(judged(anomaly, weeks(6, 100)).judged);
  EXPECT_FALSE(judged(anomaly, weeks(6, 100)).holds);
  EXPECT_TRUE(judged(anomaly, weeks(6, 1000)).holds) << "what a Sunday has is much for a Tuesday";
  EXPECT_TRUE(judged(anomaly, weeks(6, 60)).holds);
  const Verdict verdict = judged(anomaly, weeks(6, 100));
  // Baseline 104, 96, 104, 96, 104, 96: median 100, median deviation 4.
  EXPECT_NEAR(*verdict.low, 100 - 3 * 1.4826 * 4, 1e-9);
  EXPECT_NEAR(*verdict.high, 100 + 3 * 1.4826 * 4, 1e-9);
}

TEST(Judgement, one_wild_week_does_not_hide_the_next) {
  const RuleDefinition anomaly = rule(R"({"kind":"anomaly","weeks":6})");
  std::vector<double> values = weeks(6, 1000);
  values[values.size() - 1 - 7] = 5000;
  EXPECT_TRUE(judged(anomaly, values).holds);
}

TEST(Judgement, sensitivity_side_and_the_least_distance_narrow_an_anomaly) {
  EXPECT_TRUE(judged(rule(R"({"kind":"anomaly","sensitivity":2})"), weeks(6, 115)).holds);
  EXPECT_FALSE(judged(rule(R"({"kind":"anomaly","sensitivity":4})"), weeks(6, 115)).holds);
  EXPECT_FALSE(judged(rule(R"({"kind":"anomaly","side":"above"})"), weeks(6, 10)).holds);
  EXPECT_TRUE(judged(rule(R"({"kind":"anomaly","side":"below"})"), weeks(6, 10)).holds);
  EXPECT_FALSE(judged(rule(R"({"kind":"anomaly","at_least":500})"), weeks(6, 400)).holds);
}

TEST(Judgement, a_metric_that_never_varies_is_no_anomaly_by_a_hair) {
  const RuleDefinition anomaly = rule(R"({"kind":"anomaly"})");
  std::vector<double> values(43, 100);
  values.back() = 101;
  EXPECT_FALSE(judged(anomaly, values).holds) << "within 2 % of the median";
  values.back() = 103;
  EXPECT_TRUE(judged(anomaly, values).holds);
}

TEST(Judgement, a_young_game_is_not_judged_by_the_weeks_before_its_launch) {
  const RuleDefinition anomaly = rule(R"({"kind":"anomaly","weeks":8})");
  std::vector<double> values = weeks(8, 60);
  for (size_t i = 0; i + 1 < values.size() && i < 7u * 5; ++i) values[i] = 0;
  EXPECT_FALSE(judged(anomaly, values).judged);
  EXPECT_EQ(judged(anomaly, values).remark, "3 weeks are known so far; it takes 4");
}

TEST(Judgement, an_hour_is_compared_with_the_same_hour_of_the_clock_when_clocks_change) {
  const TimeZone berlin = *TimeZone::find("Europe/Berlin");  // forward on 2026-03-29
  const RuleDefinition anomaly = rule(R"({"kind":"anomaly","weeks":4})", query::Interval::hour);
  const Date last = *Date::parse("2026-03-31");
  std::vector<Period> periods;
  const int64_t end = berlin.start_of(last) + 13 * kMsPerHour;
  for (int64_t at = berlin.start_of(last - 29); at < end; at += kMsPerHour) {
    const int64_t hour = (at - berlin.start_of(berlin.local_date(at))) / kMsPerHour;
    periods.push_back({format_iso8601(at), at, hour == 12 ? 500.0 : 5.0});
  }
  const Verdict verdict = judge(anomaly, berlin, periods);
  ASSERT_TRUE(verdict.judged) << verdict.remark;
  EXPECT_FALSE(verdict.holds) << verdict.summary;
}

TEST(Judgement, without_a_period_or_a_value_nothing_is_judged) {
  const RuleDefinition above = rule(R"({"kind":"threshold","above":1})");
  EXPECT_FALSE(judge(above, TimeZone::utc(), {}).judged);
  std::vector<Period> periods = days({5});
  periods.back().value.reset();
  EXPECT_FALSE(judge(above, TimeZone::utc(), periods).judged);
}

TEST(DaysNeeded, begin_where_the_periods_begin) {
  const TimeZone zone = TimeZone::utc();
  const int64_t cutoff = *parse_iso8601_ms("2026-03-18T10:00:00Z");  // a Wednesday
  const auto from = [&](const char* condition, query::Interval window) {
    return days_needed(rule(condition, window), zone, cutoff).from.to_string();
  };
  EXPECT_EQ(from(R"({"kind":"threshold","above":1})", query::Interval::day), "2026-03-16");
  EXPECT_EQ(from(R"({"kind":"change","rises":1})", query::Interval::week), "2026-03-02") << "two Mondays before";
  EXPECT_EQ(from(R"({"kind":"change","rises":1})", query::Interval::month), "2026-01-01");
  EXPECT_EQ(from(R"({"kind":"anomaly","weeks":4})", query::Interval::day), "2026-02-17");
}

}  // namespace
}  // namespace gm::notifications
