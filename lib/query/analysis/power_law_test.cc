#include "lib/query/analysis/power_law.h"

#include <gtest/gtest.h>

#include <cmath>

namespace gm::query {
namespace {

TEST(PowerLawTest, FindsTheCurveThatMadeThePoints) {
  std::vector<RetentionPoint> points;
  for (const int day : {1, 2, 3, 7, 14, 30}) points.push_back({day, 0.4 * std::pow(day, -0.6), 100.0});
  const auto law = fit_power_law(points);
  ASSERT_TRUE(law);
  EXPECT_NEAR(law->a, 0.4, 1e-12);
  EXPECT_NEAR(law->b, -0.6, 1e-12);
  EXPECT_NEAR(law->share_error, 0, 1e-12);
  EXPECT_EQ(law->points, 6);
  // 1 + 0.4 * (1 + 2^-0.6 + 3^-0.6)
  EXPECT_NEAR(law->active_days(3), 1 + 0.4 * (1 + 0.6597539553864471 + 0.5172818579717866), 1e-9);
}

TEST(PowerLawTest, HeavyPointsPullTheCurveAndTheErrorSaysHowFarThePointsLie) {
  // Logarithms of the shares: days 1, e and e^2 would lie on a line; the middle one is off by a factor of 2.
  const auto law = fit_power_law({{1, 0.5, 1}, {4, 0.25, 1}, {16, 0.0625, 1}});
  ASSERT_TRUE(law);
  // x = 0, ln 4, 2 ln 4; y = -ln 2, -2 ln 2, -4 ln 2: slope -3/4, residuals of the logarithms ln 2 * (-1, 2, -1) / 6.
  EXPECT_NEAR(law->b, -0.75, 1e-12);
  EXPECT_NEAR(law->log_error, std::log(2) / 6 * std::sqrt(2), 1e-12);
  const auto heavy = fit_power_law({{1, 0.5, 1}, {4, 0.25, 1e9}, {16, 0.0625, 1e9}});
  EXPECT_NEAR(heavy->share(4), 0.25, 1e-6);
  EXPECT_NEAR(heavy->share(16), 0.0625, 1e-6);
}

TEST(PowerLawTest, TooLittleIsNoCurve) {
  EXPECT_FALSE(fit_power_law({}));
  EXPECT_FALSE(fit_power_law({{1, 0.5, 1}, {2, 0.4, 1}}));
  EXPECT_FALSE(fit_power_law({{0, 1, 1}, {1, 0.5, 1}, {2, 0.4, 1}, {3, 0, 1}, {4, 0.2, 0}}));
  EXPECT_FALSE(fit_power_law({{2, 0.5, 1}, {2, 0.4, 1}, {2, 0.3, 1}}));
}

}  // namespace
}  // namespace gm::query
