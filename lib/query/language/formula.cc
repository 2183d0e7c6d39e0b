#include "lib/query/language/formula.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace gm::query {

// Recursive descent; each level of parentheses or unary minus costs depth, which is bounded.
class FormulaParser {
 public:
  FormulaParser(std::string_view text, int series) : text_(text), series_(series) {
    formula_.text_ = std::string(text);
  }

  Result<Formula> parse() {
    if (text_.size() > kFormulaBytesMax) {
      complain(fmt::format("longer than {} bytes", kFormulaBytesMax));
    } else {
      sum(1);
      if (error_.empty() && peek() != '\0') complain("an operator is missing");
    }
    if (!error_.empty()) return Error{"gm-query-invalid", fmt::format("at byte {}: {}", at_, error_)};
    return std::move(formula_);
  }

 private:
  using Kind = Formula::Step::Kind;

  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char c) {
    if (!error_.empty() || peek() != c) return false;
    ++at_;
    return true;
  }
  void complain(std::string what) {
    if (error_.empty()) error_ = std::move(what);
  }
  void push(Formula::Step step) {
    if (error_.empty()) formula_.steps_.push_back(step);
  }

  void sum(int depth) {
    product(depth);
    while (error_.empty()) {
      if (take('+')) {
        product(depth);
        push({Kind::add});
      } else if (take('-')) {
        product(depth);
        push({Kind::subtract});
      } else {
        return;
      }
    }
  }

  void product(int depth) {
    factor(depth);
    while (error_.empty()) {
      if (take('*')) {
        factor(depth);
        push({Kind::multiply});
      } else if (take('/')) {
        factor(depth);
        push({Kind::divide});
      } else {
        return;
      }
    }
  }

  void factor(int depth) {
    if (depth > kFormulaDepthMax) return complain("nested too deeply");
    if (take('-')) {
      factor(depth + 1);
      return push({Kind::negate});
    }
    if (take('(')) {
      sum(depth + 1);
      if (!take(')')) complain("a closing parenthesis is missing");
      return;
    }
    const char c = peek();
    if (c >= 'A' && c <= 'Z') return letter(c);
    if ((c >= '0' && c <= '9') || c == '.') return number();
    complain("expected a letter of a series, a number or a parenthesis");
  }

  void letter(char c) {
    const int index = c - 'A';
    if (index >= series_) return complain(fmt::format("there is no series {}", c));
    ++at_;
    formula_.used_ |= 1u << index;
    push({Kind::series, 0, index});
  }

  void number() {
    double value = 0;
    const auto [end, failure] =
        std::from_chars(text_.data() + at_, text_.data() + text_.size(), value, std::chars_format::fixed);
    if (failure != std::errc() || !std::isfinite(value)) return complain("not a number");
    at_ = static_cast<size_t>(end - text_.data());
    push({Kind::number, value});
  }

  std::string_view text_;
  int series_;
  size_t at_ = 0;
  std::string error_;
  Formula formula_;
};

Result<Formula> Formula::parse(std::string_view text, int series) { return FormulaParser(text, series).parse(); }

namespace {

std::optional<double> applied(std::optional<double> a, std::optional<double> b, char operation) {
  if (!a || !b) return std::nullopt;
  switch (operation) {
    case '+':
      return *a + *b;
    case '-':
      return *a - *b;
    case '*':
      return *a * *b;
    default:
      return *b == 0 ? std::nullopt : std::optional<double>(*a / *b);
  }
}

}  // namespace

std::optional<double> Formula::value(const std::vector<std::optional<double>>& series) const {
  std::vector<std::optional<double>> stack;
  const auto combine = [&](char operation) {
    const auto right = stack.back();
    stack.pop_back();
    stack.back() = applied(stack.back(), right, operation);
  };
  for (const Step& step : steps_) {
    switch (step.kind) {
      case Step::Kind::number:
        stack.emplace_back(step.number);
        break;
      case Step::Kind::series:
        stack.push_back(series.at(static_cast<size_t>(step.series)));
        break;
      case Step::Kind::negate:
        if (stack.back()) stack.back() = -*stack.back();
        break;
      case Step::Kind::add:
        combine('+');
        break;
      case Step::Kind::subtract:
        combine('-');
        break;
      case Step::Kind::multiply:
        combine('*');
        break;
      case Step::Kind::divide:
        combine('/');
        break;
    }
  }
  const auto result = stack.back();
  return result && std::isfinite(*result) ? result : std::nullopt;
}

}  // namespace gm::query
