#include "services/notifications/rule_definition.h"

#include <gtest/gtest.h>

namespace gm::notifications {
namespace {

std::vector<std::string> problems_of(const char* text) {
  const query::Json json = query::Json::parse(text);
  query::Problems problems;
  {
    query::ObjectReader object(json, "", problems);
    (void)read_definition(object);
  }
  std::vector<std::string> pointers;
  for (const query::Problem& problem : problems) pointers.push_back(problem.pointer);
  return pointers;
}

using Pointers = std::vector<std::string>;

TEST(RuleDefinition, what_is_written_is_read_again) {
  for (
      const char* text :
      {R"({"metric":"dau","window":"day","condition":{"kind":"threshold","above":10.0,"resolve_at":8.0},"for_seconds":60,"incomplete":true})",
       R"({"signal":"rejected_events","window":"hour","condition":{"kind":"anomaly","sensitivity":3.0,"weeks":6,"at_least":20.0,"side":"above"},"for_seconds":0,"incomplete":false})",
       R"({"signal":"lag_seconds","condition":{"kind":"threshold","above":300.0},"for_seconds":60})",
       R"({"metric":"revenue","window":"hour","condition":{"kind":"change","unit":"absolute","falls":5.0},"for_seconds":0,"incomplete":false,"filter":{"field":"country","is":"equals","value":"DE"}})",
       R"({"metric":"events","window":"hour","condition":{"kind":"anomaly","sensitivity":2.5,"weeks":8,"at_least":3.0,"side":"below"},"for_seconds":0,"incomplete":false})"}) {
    const auto read = stored_definition(text);
    ASSERT_TRUE(read.has_value()) << text;
    EXPECT_EQ(definition_json(*read), nlohmann::ordered_json::parse(text));
  }
}

TEST(RuleDefinition, every_problem_is_told_where_it_is) {
  EXPECT_EQ(problems_of("{}"), (Pointers{"/metric", "/condition"}));
  EXPECT_EQ(problems_of(R"({"metric":"nothing","condition":{"kind":"threshold","above":1}})"), Pointers{"/metric"});
  EXPECT_EQ(problems_of(R"({"metric":"dau","condition":{"kind":"threshold"}})"), Pointers{"/condition"});
  EXPECT_EQ(problems_of(R"({"metric":"dau","condition":{"kind":"threshold","above":1,"below":0}})"),
            Pointers{"/condition"});
  EXPECT_EQ(problems_of(R"({"metric":"dau","condition":{"kind":"threshold","above":1,"resolve_at":2}})"),
            Pointers{"/condition/resolve_at"});
  EXPECT_EQ(problems_of(R"({"metric":"dau","condition":{"kind":"change"}})"), Pointers{"/condition"});
  EXPECT_EQ(problems_of(R"({"metric":"dau","condition":{"kind":"change","falls":101}})"), Pointers{"/condition/falls"});
  EXPECT_EQ(problems_of(R"({"metric":"events","window":"hour","condition":{"kind":"anomaly","weeks":9}})"),
            Pointers{"/condition/weeks"});
  EXPECT_EQ(problems_of(R"({"metric":"events","window":"month","condition":{"kind":"anomaly"}})"),
            Pointers{"/condition"});
  EXPECT_EQ(problems_of(R"({"metric":"dau","condition":{"kind":"threshold","above":1,"misspelt":2}})"),
            Pointers{"/condition/misspelt"});
}

TEST(RuleDefinition, a_signal_of_the_moment_has_no_periods) {
  EXPECT_EQ(problems_of(R"({"signal":"lag_seconds","window":"day","condition":{"kind":"threshold","above":1}})"),
            Pointers{"/window"});
  EXPECT_EQ(problems_of(R"({"signal":"schema_violations","condition":{"kind":"change","rises":1}})"),
            Pointers{"/condition"});
  EXPECT_EQ(problems_of(R"({"signal":"none","condition":{"kind":"threshold","above":1}})"), Pointers{"/signal"});
  EXPECT_EQ(problems_of(R"({"signal":"lag_seconds","metric":"dau","condition":{"kind":"threshold","above":1}})"),
            Pointers{"/metric"});
}

TEST(RuleDefinition, a_filter_is_one_of_questions) {
  EXPECT_EQ(problems_of(R"({"metric":"dau","condition":{"kind":"threshold","above":1},
                           "filter":{"field":"country","is":"equals","value":"DE"}})"),
            Pointers{});
  EXPECT_EQ(problems_of(R"({"metric":"dau","condition":{"kind":"threshold","above":1},
                           "filter":{"field":"nothing","is":"equals","value":"DE"}})"),
            Pointers{"/filter/field"});
}

TEST(RuleDefinition, hours_are_for_metrics_whose_period_has_no_length_of_its_own) {
  EXPECT_EQ(problems_of(R"({"metric":"events","window":"hour","condition":{"kind":"threshold","above":1}})"),
            Pointers{});
  EXPECT_EQ(problems_of(R"({"metric":"revenue","window":"hour","condition":{"kind":"threshold","above":1}})"),
            Pointers{});
  for (const char* of_days : {"wau", "mau_calendar", "stickiness", "arpdau"}) {
    const std::string rule =
        R"({"metric":")" + std::string(of_days) + R"(","window":"hour","condition":{"kind":"threshold","above":1}})";
    EXPECT_EQ(problems_of(rule.c_str()), Pointers{"/window"}) << of_days;
  }
}

}  // namespace
}  // namespace gm::notifications
