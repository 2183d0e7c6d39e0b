#include "lib/query/metric.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "lib/query/language/formula.h"

namespace gm::query {
namespace {

using testing::ElementsAre;
using testing::IsSupersetOf;

DayMeasures measures_of(std::initializer_list<std::pair<Measure, int64_t>> values) {
  DayMeasures measures{};
  for (const auto& [measure, value] : values) measures[static_cast<size_t>(measure)] = value;
  return measures;
}

std::optional<double> value(std::string_view metric, std::initializer_list<std::pair<Measure, int64_t>> values) {
  return value_of(*find_metric(metric), measures_of(values));
}

TEST(MetricTest, TheCatalogueHoldsTheContractsMetricsAndExplainsEach) {
  std::vector<std::string> names;
  for (const Metric& metric : metrics()) {
    names.emplace_back(metric.name);
    EXPECT_FALSE(metric.title.empty() || metric.source.empty() || metric.unit.empty() || metric.window.empty())
        << metric.name;
    EXPECT_GT(metric.definition.size(), 30u) << metric.name;
    EXPECT_EQ(metric.definition.back(), '.') << metric.name;
  }
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  EXPECT_THAT(names, IsSupersetOf({"dau", "new_players", "returning_players", "wau", "mau", "stickiness", "events",
                                   "sessions", "session_minutes", "revenue", "payers", "arpdau"}));
  EXPECT_EQ(find_metric("DAU"), nullptr);
  EXPECT_EQ(find_metric(""), nullptr);
}

TEST(MetricTest, ValuesByHand) {
  EXPECT_EQ(value("dau", {{Measure::players, 12}}), 12);
  EXPECT_EQ(value("returning_players", {{Measure::players, 12}, {Measure::new_players, 5}}), 7);
  EXPECT_EQ(value("session_minutes", {{Measure::session_ms, 450'000}, {Measure::sessions, 3}}), 2.5);
  EXPECT_EQ(value("revenue", {{Measure::revenue_micros, 4'990'000}}), 4.99);
  EXPECT_EQ(value("arpdau", {{Measure::revenue_micros, 5'000'000}, {Measure::players, 20}}), 0.25);
  EXPECT_EQ(value("stickiness", {{Measure::players_in_1_day, 5}, {Measure::players_in_30_days, 20}}), 0.25);
}

TEST(MetricTest, ARatioWithoutDenominatorHasNoValueAndACountIsZero) {
  EXPECT_EQ(value("arpdau", {{Measure::revenue_micros, 1}}), std::nullopt);
  EXPECT_EQ(value("session_minutes", {}), std::nullopt);
  EXPECT_EQ(value("stickiness", {}), std::nullopt);
  EXPECT_EQ(value("dau", {}), 0);
}

TEST(MetricTest, OnlyMetricsWhoseDaysAddUpHaveATotal) {
  std::set<std::string> with_total;
  for (const Metric& metric : metrics()) {
    if (has_daily_sums(metric) && metric.total != TotalRule::none) with_total.emplace(metric.name);
  }
  EXPECT_THAT(with_total, ElementsAre("arpdau", "arppu", "conversion", "events", "new_players", "playtime_minutes",
                                      "revenue", "session_minutes", "sessions", "sessions_per_player"));
}

TEST(MetricTest, EveryMetricCanBeMadeFromEvents) {
  for (const Metric& metric : metrics()) {
    ASSERT_FALSE(metric.series.empty() || metric.intervals.empty()) << metric.name;
    const auto formula = Formula::parse(metric.formula, static_cast<int>(metric.series.size()));
    ASSERT_TRUE(formula.ok()) << metric.name << ": " << formula.error().message;
    EXPECT_EQ(formula->used(), (1u << metric.series.size()) - 1) << metric.name << " declares a series it does not use";
    for (const DeclaredSeries& series : metric.series) {
      EXPECT_EQ(of_property(series.measure), !series.property.empty()) << metric.name;
      if (rolling_days(series.measure) > 1) EXPECT_THAT(metric.intervals, ElementsAre(Interval::day)) << metric.name;
    }
  }
}

TEST(MetricTest, RollingMetricsAreToldApart) {
  for (const Metric& metric : metrics()) {
    EXPECT_EQ(needs_rolling(metric), metric.name == "wau" || metric.name == "mau" || metric.name == "stickiness")
        << metric.name;
  }
  EXPECT_EQ(window_days(Measure::players_in_7_days), 7);
  EXPECT_EQ(window_days(Measure::players_in_30_days), kLongestWindowDays);
  EXPECT_EQ(window_days(Measure::players_in_1_day), 1);
}

}  // namespace
}  // namespace gm::query
