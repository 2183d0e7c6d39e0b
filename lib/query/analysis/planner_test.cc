// Which engine answers what: every rule by an example, and the rules as they are documented.

#include "lib/query/analysis/planner.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "lib/query/analysis/question_reader.h"

namespace gm::query {
namespace {

std::string reason(const std::string& kind, const std::string& members) {
  Problems problems;
  const Json json = Json::parse(R"({"from":"2026-11-01","to":"2026-11-07")" + members + "}");
  const auto question = read_question(kind, json, "", {731}, problems);
  EXPECT_TRUE(question) << members << (problems.empty() ? "" : problems.front().detail);
  return question ? std::string(needs_sql(*question)) : "unread";
}

constexpr const char* kSteps = R"(,"steps":["a","b"])";

TEST(PlannerTest, WhatTheIndexKeepsItAnswers) {
  for (const char* more :
       {"", R"(,"breakdown":["country"])", R"(,"breakdown":["build"],"top":1)", R"(,"order":"strict")",
        R"(,"order":"any")", R"(,"exclusions":["x"])", R"(,"filter":{"field":"platform","is":"set"})",
        R"(,"filter":{"field":"source","is":"not_in","values":["posthog","native"]})",
        R"(,"filter":{"all":[{"field":"country","is":"equals","value":"DE"},{"field":"build","is":"not_set"}]})",
        R"(,"filter":{"not":{"any":[{"field":"country","is":"equals","value":"DE"},{"field":"build","is":"set"}]}})",
        R"(,"engine":"auto")"}) {
    EXPECT_EQ(reason("funnel", std::string(kSteps) + more), "") << more;
  }
  EXPECT_EQ(reason("retention", R"(,"start":"a","return":"b")"), "");
  EXPECT_EQ(reason("retention", R"(,"start":"a")"), "");
  EXPECT_EQ(reason("retention", R"(,"return":"b","type":"rolling","window":"24_hours")"), "");
  EXPECT_EQ(reason("retention", R"(,"window":"24_hours")"), "");
  EXPECT_EQ(reason("trend", R"(,"series":[{"event":"a"},{"event":"b","measure":"players"}],"compare":"previous")"), "");
  EXPECT_EQ(reason("trend", R"(,"series":[{"event":"a"}],"breakdown":["platform"])"), "");
  EXPECT_EQ(reason("metrics", R"(,"metrics":["dau"],"filter":{"field":"country","is":"equals","value":"DE"})"), "");
}

TEST(PlannerTest, WhatItDoesNotKeepIsSqls) {
  const std::string steps = kSteps;
  EXPECT_EQ(reason("funnel", steps + R"(,"engine":"sql")"), "asked");
  EXPECT_EQ(reason("paths", ""), "kind");
  EXPECT_EQ(reason("churn", ""), "kind");
  EXPECT_EQ(reason("funnel", steps + R"(,"per":"session")"), "sessions");
  for (const char* filter :
       {R"({"field":"property.level","is":"equals","value":3})", R"({"field":"device","is":"set"})",
        R"({"field":"player.country","is":"equals","value":"DE"})", R"({"did":"a"})",
        R"({"field":"country","is":"contains","value":"D"})",
        R"({"any":[{"field":"country","is":"set"},{"field":"build","is":"set"}]})",
        R"({"not":{"all":[{"field":"country","is":"set"},{"field":"build","is":"set"}]}})"}) {
    EXPECT_EQ(reason("funnel", steps + R"(,"filter":)" + filter), "field") << filter;
    EXPECT_EQ(reason("funnel", fmt::format(R"(,"steps":["a",{{"event":"b","where":{}}}])", filter)), "field");
    EXPECT_EQ(reason("retention", fmt::format(R"(,"return":{{"event":"b","where":{}}})", filter)), "field");
    EXPECT_EQ(reason("trend", fmt::format(R"(,"series":[{{"event":"b","where":{}}}])", filter)), "field");
  }
  EXPECT_EQ(reason("funnel", steps + R"(,"breakdown":["device"])"), "breakdown");
  EXPECT_EQ(reason("funnel", steps + R"(,"breakdown":["country","build"])"), "breakdown");
  EXPECT_EQ(reason("trend", R"(,"series":[{"event":"a"},{"event":"b"}],"breakdown":["country"])"), "breakdown");
  EXPECT_EQ(reason("trend", R"(,"series":[{"event":"a","measure":"revenue"}])"), "measure");
  EXPECT_EQ(reason("trend", R"(,"series":[{"event":"a"}],"interval":"week")"), "measure");
  EXPECT_EQ(reason("retention", ""), "sums");
  EXPECT_EQ(reason("trend", R"(,"series":[{"measure":"players"}])"), "sums");
}

TEST(PlannerTest, TheReasonsAreDocumented) {
  std::ifstream file(std::string(GM_SOURCE_DIR) + "/docs/reference/queries.md");
  const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::string table = "| `engine_reason` | SQL answers because |\n|---|---|\n";
  std::set<std::string_view> reasons;
  for (const EngineRule& rule : engine_rules()) {
    table += fmt::format("| `{}` | {} |\n", rule.reason, rule.text);
    EXPECT_TRUE(reasons.insert(rule.reason).second) << rule.reason;
  }
  EXPECT_NE(page.find(table + "\n"), std::string::npos) << "docs/reference/queries.md shall have\n" << table;
}

TEST(PlannerTest, OnlyTheIndexsOwnErrorsLeadToSql) {
  EXPECT_EQ(reason_of({"gm-behavior-behind", ""}), "behind");
  EXPECT_EQ(reason_of({"gm-behavior-stale", ""}), "behind");
  EXPECT_EQ(reason_of({"gm-behavior-corrupt", ""}), "damaged");
  EXPECT_EQ(reason_of({"gm-query-timeout", ""}), "");
}

}  // namespace
}  // namespace gm::query
