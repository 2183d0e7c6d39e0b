#include "lib/query/metric.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace gm::query {
namespace {

using testing::ElementsAre;

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
  EXPECT_THAT(names, ElementsAre("dau", "new_players", "returning_players", "wau", "mau", "stickiness", "events",
                                 "sessions", "session_minutes", "revenue", "payers", "arpdau"));
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
    if (metric.total != TotalRule::none) with_total.emplace(metric.name);
  }
  EXPECT_THAT(with_total, ElementsAre("arpdau", "events", "new_players", "revenue", "session_minutes", "sessions"));
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
