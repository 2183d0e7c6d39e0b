#pragma once
// Retention fitted by a power law: share(day) = a * day^b, by least squares over the logarithms, weighted by the number
// of players behind each day. Games' retention is close to one from day 1 on (not on day 0, which is 1 by definition).

#include <cstdint>
#include <optional>
#include <vector>

namespace gm::query {

struct RetentionPoint {
  int day = 0;        // >= 1
  double share = 0;   // points with 0 are left out: they have no logarithm
  double weight = 0;  // players of the cohorts that the share is of
};

struct PowerLaw {
  double a = 0, b = 0;
  double log_error = 0;    // weighted standard deviation of the residuals of the logarithms
  double share_error = 0;  // root of the weighted mean square of the shares' residuals
  int points = 0;

  double share(int day) const;
  // Expected active days from day 0 to `horizon`, both included.
  double active_days(int horizon) const;
};

// Nullopt with fewer than three usable points.
std::optional<PowerLaw> fit_power_law(const std::vector<RetentionPoint>& points);

}  // namespace gm::query
