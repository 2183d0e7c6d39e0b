#include "lib/query/language/formula.h"

#include <gtest/gtest.h>

#include <string>

namespace gm::query {
namespace {

using Values = std::vector<std::optional<double>>;

std::optional<double> value(const std::string& text, const Values& series) {
  const auto formula = Formula::parse(text, static_cast<int>(series.size()));
  EXPECT_TRUE(formula.ok()) << text;
  return formula ? formula->value(series) : std::nullopt;
}

std::string problem(const std::string& text, int series = 2) {
  const auto formula = Formula::parse(text, series);
  return formula ? "none" : formula.error().message;
}

TEST(FormulaTest, ArithmeticByHand) {
  EXPECT_EQ(value("A", {7}), 7);
  EXPECT_EQ(value("A + B*2", {1, 3}), 7);
  EXPECT_EQ(value("(A+B)*2", {1, 3}), 8);
  EXPECT_EQ(value("A-B-1", {10, 3}), 6);
  EXPECT_EQ(value("A/B/2", {12, 3}), 2);
  EXPECT_EQ(value("-A*-2", {3}), 6);
  EXPECT_EQ(value("1 - A/(A+B)", {1, 3}), 0.75);
  EXPECT_EQ(value(".5*A", {3}), 1.5);
}

TEST(FormulaTest, WhatCannotBeWorkedOutIsMissing) {
  EXPECT_EQ(value("A/B", {1, 0}), std::nullopt);
  EXPECT_EQ(value("A/B", {0, 0}), std::nullopt);
  EXPECT_EQ(value("A+B", {1, std::nullopt}), std::nullopt);
  EXPECT_EQ(value("A*A", {1e200}), std::nullopt);
  EXPECT_EQ(value("A", {std::nullopt}), std::nullopt);
}

TEST(FormulaTest, ProblemsNameTheirPlace) {
  EXPECT_EQ(problem("A+"), "at byte 2: expected a letter of a series, a number or a parenthesis");
  EXPECT_EQ(problem("A B"), "at byte 2: an operator is missing");
  EXPECT_EQ(problem("C"), "at byte 0: there is no series C");
  EXPECT_EQ(problem("(A"), "at byte 2: a closing parenthesis is missing");
  EXPECT_EQ(problem("A; DROP TABLE events"), "at byte 1: an operator is missing");
  EXPECT_EQ(problem(""), "at byte 0: expected a letter of a series, a number or a parenthesis");
  EXPECT_NE(problem("1e9"), "none");
  EXPECT_NE(problem("."), "none");
}

TEST(FormulaTest, DepthAndLengthAreBounded) {
  const auto nested = [](int depth) { return std::string(depth, '(') + "A" + std::string(depth, ')'); };
  EXPECT_EQ(problem(nested(kFormulaDepthMax - 1)), "none");
  EXPECT_NE(problem(nested(kFormulaDepthMax)), "none");
  EXPECT_NE(problem(std::string(kFormulaBytesMax, '-') + "A"), "none");
  EXPECT_NE(problem("A" + std::string(kFormulaBytesMax, ' ')), "none");
}

TEST(FormulaTest, KnowsWhichSeriesItUses) {
  EXPECT_EQ(Formula::parse("C/A", 3)->used(), 0b101u);
  EXPECT_EQ(Formula::parse("1", 3)->used(), 0u);
}

}  // namespace
}  // namespace gm::query
