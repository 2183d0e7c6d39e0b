// Filters: reading them, and the SQL they become.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "lib/query/language/predicate_reader.h"
#include "lib/query/language/predicate_sql.h"

namespace gm::query {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const SqlScope kScope{ProjectId::from_stored(42), {Date{20'000}, Date{20'009}}, "USD"};

std::optional<Predicate> read(const std::string& json, Problems& problems) {
  return read_predicate(Json::parse(json), "/filter", problems);
}

Fragment sql_of(const std::string& json) {
  Problems problems;
  const auto predicate = read(json, problems);
  EXPECT_TRUE(predicate) << json << (problems.empty() ? "" : problems.front().detail);
  return predicate ? condition(*predicate, kScope, "e.player") : Fragment();
}

std::vector<std::string> pointers(const std::string& json) {
  Problems problems;
  EXPECT_FALSE(read(json, problems) && problems.empty()) << json;
  std::vector<std::string> result;
  for (const Problem& problem : problems) result.push_back(problem.pointer);
  return result;
}

TEST(PredicateTest, ValuesAreBoundAndNamesAreBoundToo) {
  const std::string hostile = "x' OR 1=1 --";
  for (const std::string json :
       {R"({"field":"property.x' OR 1=1 --","is":"equals","value":"x' OR 1=1 --"})",
        R"({"field":"country","is":"matches","value":"x' OR 1=1 --"})",
        R"({"did":"x' OR 1=1 --","where":{"field":"event","is":"in","values":["x' OR 1=1 --"]}})",
        R"({"field":"player.property.x' OR 1=1 --","is":"contains","value":"x' OR 1=1 --"})"}) {
    const Fragment sql = sql_of(json);
    EXPECT_THAT(sql.sql(), Not(HasSubstr("OR 1=1"))) << json;
    EXPECT_THAT(sql.parameters(), Contains(store::Value(hostile))) << json;
    EXPECT_EQ(std::count(sql.sql().begin(), sql.sql().end(), '?'), static_cast<long>(sql.parameters().size()));
  }
}

TEST(PredicateTest, EverySubqueryNamesTheProjectFirst) {
  const Fragment sql = sql_of(
      R"({"all":[{"did":"buy","days":7},{"field":"player.country","is":"equals","value":"DE"},{"field":"player.property.vip","is":"set"}]})");
  for (const std::string table : {"player_events e WHERE ", "FROM canonical_players WHERE "}) {
    size_t found = 0;
    for (size_t at = sql.sql().find(table); at != std::string::npos; at = sql.sql().find(table, at + 1), ++found) {
      const std::string behind = sql.sql().substr(at + table.size(), 13);
      EXPECT_TRUE(behind.starts_with("e.project = ?") || behind.starts_with("project = ?")) << sql.sql().substr(at, 60);
    }
    EXPECT_GT(found, 0u) << table;
  }
}

TEST(PredicateTest, RulesAreNeverUnknown) {
  EXPECT_EQ(sql_of(R"({"field":"country","is":"equals","value":"DE"})").sql(),
            "coalesce(nullif(e.country, '') = ?, false)");
  EXPECT_EQ(sql_of(R"({"field":"country","is":"not_equals","value":"DE"})").sql(),
            "(NOT coalesce(nullif(e.country, '') = ?, false))");
  EXPECT_EQ(sql_of(R"({"field":"build","is":"not_set"})").sql(),
            "(NOT coalesce(nullif(e.build, '') IS NOT NULL, false))");
}

TEST(PredicateTest, NumbersCompareAsNumbersAndMoneyInTheReportingCurrency) {
  EXPECT_THAT(sql_of(R"({"field":"property.level","is":"greater","value":3})").sql(),
              HasSubstr("TRY_CAST(json_extract_string(e.props, ?) AS DOUBLE)"));
  EXPECT_THAT(sql_of(R"({"field":"property.level","is":"greater","value":3})").parameters(),
              ElementsAre(store::Value("/level"), store::Value("/level"), store::Value(3.0)));
  EXPECT_THAT(sql_of(R"({"field":"revenue","is":"less","value":3})").parameters(),
              ElementsAre(store::Value("USD"), store::Value(3.0)));
  EXPECT_THAT(sql_of(R"({"field":"property.vip","is":"equals","value":true})").parameters(),
              ElementsAre(store::Value("/vip"), store::Value("true")));
}

TEST(PredicateTest, APropertysNameIsOnePointerTokenWhateverItHolds) {
  EXPECT_THAT(sql_of(R"({"field":"property.a/b~c.d\"e","is":"set"})").parameters(),
              ElementsAre(store::Value("/a~1b~0c.d\"e")));
}

TEST(PredicateTest, DidLooksAtItsDaysBeforeTheRangesEnd) {
  const Fragment sql = sql_of(R"({"did_not":"buy","at_least":2,"days":7})");
  EXPECT_THAT(
      sql.sql(),
      HasSubstr(
          "e.player NOT IN (SELECT e.player FROM player_events e WHERE e.project = ? AND e.date BETWEEN ? AND ?"));
  EXPECT_THAT(sql.parameters(), ElementsAre(store::Value(int64_t{42}), store::Value(Date{20'003}),
                                            store::Value(Date{20'009}), store::Value("buy"), store::Value(int64_t{2})));
}

TEST(PredicateTest, ProblemsPointAtWhatIsWrong) {
  EXPECT_THAT(pointers(R"({"field":"contry","is":"equals","value":"DE"})"), ElementsAre("/filter/field"));
  EXPECT_THAT(pointers(R"({"field":"country","is":"equal","value":"DE"})"), ElementsAre("/filter/is"));
  EXPECT_THAT(pointers(R"({"field":"country","is":"equals"})"), ElementsAre("/filter/value"));
  EXPECT_THAT(pointers(R"({"field":"country","is":"equals","value":7})"), ElementsAre("/filter/value"));
  EXPECT_THAT(pointers(R"({"field":"revenue","is":"equals","value":"7"})"), ElementsAre("/filter/value"));
  EXPECT_THAT(pointers(R"({"field":"revenue","is":"contains","value":"7"})"), ElementsAre("/filter/value"));
  EXPECT_THAT(pointers(R"({"field":"property.x","is":"greater","value":"7"})"), ElementsAre("/filter/value"));
  EXPECT_THAT(pointers(R"({"field":"player.first_day","is":"less","value":"yesterday"})"),
              ElementsAre("/filter/value"));
  EXPECT_THAT(pointers(R"({"all":[{"field":"country","is":"set","value":1}]})"), ElementsAre("/filter/all/0/value"));
  EXPECT_THAT(pointers(R"({"all":[]})"), ElementsAre("/filter/all"));
  EXPECT_THAT(pointers(R"({"did":"x","at_least":0})"), ElementsAre("/filter/at_least"));
  EXPECT_THAT(pointers(R"({"did":"x","a/b":0})"), ElementsAre("/filter/a~1b"));
  EXPECT_THAT(pointers(R"([])"), ElementsAre("/filter"));
  EXPECT_THAT(pointers(R"({})"), ElementsAre("/filter"));
}

TEST(PredicateTest, DepthAndSizeAreBounded) {
  std::string deep = R"({"field":"country","is":"set"})";
  for (int i = 0; i < 7; ++i) deep = R"({"not":)" + deep + "}";
  Problems none;
  EXPECT_TRUE(read(deep, none) && none.empty());
  EXPECT_EQ(pointers(R"({"not":)" + deep + "}").size(), 1u);
  std::string wide;
  for (int i = 0; i < 64; ++i) wide += std::string(i == 0 ? "" : ",") + R"({"field":"country","is":"set"})";
  EXPECT_EQ(pointers(R"({"any":[)" + wide + "]}").size(), 1u);
  EXPECT_THAT(pointers(R"({"field":"country","is":"matches","value":")" + std::string(201, 'a') + "\"}"),
              ElementsAre("/filter/value"));
}

TEST(PredicateTest, KnowsWhetherItIsAboutPlayers) {
  Problems problems;
  EXPECT_TRUE(about_players(*read(
      R"({"all":[{"did":"x","where":{"field":"country","is":"set"}},{"field":"player.id","is":"set"}]})", problems)));
  EXPECT_FALSE(about_players(*read(R"({"any":[{"did":"x"},{"field":"country","is":"set"}]})", problems)));
}

}  // namespace
}  // namespace gm::query
