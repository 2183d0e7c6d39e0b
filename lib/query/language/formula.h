#pragma once
// Arithmetic over series: "A / B * 100", "1 - A/(A+B)". Letters name series; + - * / ( ), unary minus and decimal
// numbers. What divides by 0, and what uses a missing value, is missing.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace gm::query {

inline constexpr size_t kFormulaBytesMax = 200;
inline constexpr int kFormulaDepthMax = 16;
inline constexpr int kFormulaSeriesMax = 26;

class Formula {
 public:
  // Letters beyond the first `series` are unknown. Error gm-query-invalid, with the place and what is wrong there.
  static Result<Formula> parse(std::string_view text, int series);

  // One value per series.
  std::optional<double> value(const std::vector<std::optional<double>>& series) const;
  const std::string& text() const { return text_; }
  // Bit i: series i is used.
  uint32_t used() const { return used_; }

 private:
  friend class FormulaParser;
  // In reverse Polish notation: operators work on a stack whose depth the parser has bounded.
  struct Step {
    enum class Kind : uint8_t { number, series, add, subtract, multiply, divide, negate } kind;
    double number = 0;
    int series = 0;
  };
  std::string text_;
  std::vector<Step> steps_;
  uint32_t used_ = 0;
};

}  // namespace gm::query
