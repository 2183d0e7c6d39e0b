#include "lib/query/analysis/power_law.h"

#include <algorithm>
#include <cmath>

namespace gm::query {
namespace {

constexpr int kPointsMin = 3;
// Of points on one and the same day the spread is 0 but for rounding.
constexpr double kSpreadMin = 1e-9;

}  // namespace

double PowerLaw::share(int day) const { return std::min(1.0, a * std::pow(day, b)); }

double PowerLaw::active_days(int horizon) const {
  double days = 1;  // everybody is active on day 0
  for (int day = 1; day <= horizon; ++day) days += share(day);
  return days;
}

std::optional<PowerLaw> fit_power_law(const std::vector<RetentionPoint>& points) {
  double w = 0, wx = 0, wy = 0, wxx = 0, wxy = 0;
  int used = 0;
  for (const RetentionPoint& point : points) {
    if (point.day < 1 || point.share <= 0 || point.weight <= 0) continue;
    const double x = std::log(point.day), y = std::log(point.share);
    w += point.weight;
    wx += point.weight * x;
    wy += point.weight * y;
    wxx += point.weight * x * x;
    wxy += point.weight * x * y;
    ++used;
  }
  const double spread = w * wxx - wx * wx;
  if (used < kPointsMin || spread <= kSpreadMin * w * wxx) return std::nullopt;
  PowerLaw law;
  law.points = used;
  law.b = (w * wxy - wx * wy) / spread;
  law.a = std::exp((wy - law.b * wx) / w);
  double log_squares = 0, share_squares = 0;
  for (const RetentionPoint& point : points) {
    if (point.day < 1 || point.share <= 0 || point.weight <= 0) continue;
    const double fitted = law.a * std::pow(point.day, law.b);
    log_squares += point.weight * std::pow(std::log(point.share / fitted), 2);
    share_squares += point.weight * std::pow(point.share - fitted, 2);
  }
  law.log_error = std::sqrt(log_squares / w);
  law.share_error = std::sqrt(share_squares / w);
  return law;
}

}  // namespace gm::query
