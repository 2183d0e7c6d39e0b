#pragma once
// Private to this folder: a picture of the periods that a rule looks at, for mail, whose readers show no SVG.

#include <optional>
#include <string>
#include <vector>

namespace gm::notifications {

struct Chart {
  std::vector<std::optional<double>> values;  // the oldest first; the last one was judged
  std::optional<double> low, high;            // bounds of what was expected
};

inline constexpr int kChartWidth = 600, kChartHeight = 160;

// A PNG (W3C PNG 1.2: 8-bit palette, one IDAT): a bar a period, the last one marked, the bounds as dashed lines. No
// text: the mail has the numbers.
std::string chart_png(const Chart& chart);

}  // namespace gm::notifications
