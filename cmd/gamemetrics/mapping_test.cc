#include "cmd/gamemetrics/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gm::gamemetrics {
namespace {

using nlohmann::ordered_json;

Mapping parsed(const std::string& yaml) {
  auto mapping = Mapping::parse(yaml, "m.yaml");
  EXPECT_TRUE(mapping.ok()) << (mapping ? "" : mapping.error().message);
  return std::move(*mapping);
}

ordered_json event(const std::string& yaml, const char* row, uint64_t number = 1) {
  return parsed(yaml).event_of({number, row, ordered_json::parse(row)});
}

TEST(Mapping, takes_columns_templates_and_fixed_texts) {
  const auto out = event(
      "event: action\nplayer_id: user\nsession_id: '{user}-{visit}'\nplatform: '=web'\nevent_id: 'x-{row}'\ntime: at\n",
      R"({"action":"click","user":"u1","visit":7,"at":"2024-03-13 10:21:14"})", 5);
  EXPECT_EQ(out, ordered_json::parse(
                     R"({"event_id":"x-5","event":"click","player_id":"u1","session_id":"u1-7","platform":"web",
                                         "time":"2024-03-13T10:21:14.000Z","properties":{}})"));
}

TEST(Mapping, follows_paths_into_objects) {
  const auto out = event("event: /data/name\nplayer_id: /who/id\nevent_id: e\nproperties: /data\n",
                         R"({"e":"1","data":{"name":"n","a":[1,2]},"who":{"id":"p"}})");
  EXPECT_EQ(out["event"], "n");
  EXPECT_EQ(out["player_id"], "p");
  EXPECT_EQ(out["properties"], ordered_json::parse(R"({"name":"n","a":[1,2]})"));
}

TEST(Mapping, understands_unix_times_and_leaves_bad_ones_to_the_server) {
  const std::string yaml = "event: e\nplayer_id: p\nevent_id: e\ntime: t\n";
  EXPECT_EQ(event(yaml, R"({"e":"x","p":"y","t":1710325274000})")["time"], "2024-03-13T10:21:14.000Z");
  EXPECT_EQ(event(yaml + "time_unit: s\n", R"({"e":"x","p":"y","t":"1710325274.5"})")["time"],
            "2024-03-13T10:21:14.500Z");
  EXPECT_EQ(event(yaml, R"({"e":"x","p":"y","t":"last week"})")["time"], "last week");
  EXPECT_FALSE(event(yaml, R"({"e":"x","p":"y"})").contains("time"));
}

TEST(Mapping, leaves_times_that_no_calendar_has_to_the_server) {
  const std::string yaml = "event: e\nplayer_id: p\nevent_id: e\ntime: t\n";
  for (const char* time : {"1e300", "-1e300", "inf", "nan", "253402300800000"}) {
    EXPECT_EQ(event(yaml, nlohmann::json{{"e", "x"}, {"p", "y"}, {"t", time}}.dump().c_str())["time"], time);
  }
}

TEST(Mapping, all_properties_are_those_not_used_elsewhere_and_numbers_become_numbers) {
  const auto out = event("event: e\nplayer_id: p\ntime: t\nproperties: all\nnumbers: [price]\n",
                         R"({"e":"x","p":"y","t":"2024-01-01","price":"4.50","page":"007"})");
  EXPECT_EQ(out["properties"], ordered_json::parse(R"({"price":4.50,"page":"007"})"));
}

TEST(Mapping, revenue_needs_an_amount) {
  const std::string yaml = "event: e\nplayer_id: p\nrevenue: {amount: price, currency: '=EUR'}\n";
  EXPECT_EQ(event(yaml, R"({"e":"x","p":"y","price":"4.99"})")["revenue"],
            ordered_json::parse(R"({"amount":"4.99","currency":"EUR"})"));
  EXPECT_FALSE(event(yaml, R"({"e":"x","p":"y","price":""})").contains("revenue"));
}

TEST(Mapping, ids_made_from_rows_are_the_same_again_but_differ_between_equal_rows) {
  const std::string yaml = "event: e\nplayer_id: p\n";
  const char* row = R"({"e":"x","p":"y"})";
  EXPECT_EQ(event(yaml, row, 1)["event_id"], event(yaml, row, 1)["event_id"]);
  EXPECT_NE(event(yaml, row, 1)["event_id"], event(yaml, row, 2)["event_id"]);
}

TEST(Mapping, native_names_need_no_mapping) {
  const char* row = R"({"event_id":"e1","event":"buy","player_id":"p","time":"2024-01-01T00:00:00Z",)"
                    R"("revenue":{"amount":"1.5","currency":"USD"},)"
                    R"("properties":{"a":1}})";
  const auto out = Mapping::native().event_of({1, row, ordered_json::parse(row)});
  EXPECT_EQ(out,
            ordered_json::parse(R"({"event_id":"e1","event":"buy","player_id":"p","time":"2024-01-01T00:00:00.000Z",
                                         "revenue":{"amount":"1.5","currency":"USD"},"properties":{"a":1}})"));
}

TEST(Mapping, problems_name_the_line) {
  const auto unknown = Mapping::parse("event: e\nplayer: p\n", "m.yaml");
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().code, "gm-mapping-malformed");
  EXPECT_THAT(unknown.error().message, testing::HasSubstr("m.yaml:2: unknown key 'player'"));
  EXPECT_THAT(Mapping::parse("event: e\n", "m.yaml").error().message, testing::HasSubstr("'player_id' is missing"));
  EXPECT_THAT(Mapping::parse("event: e\nformat: xml\n", "m.yaml").error().message, testing::HasSubstr("m.yaml:2"));
  EXPECT_THAT(Mapping::parse("event: e\nnumbers: {a: 1}\n", "m.yaml").error().message,
              testing::HasSubstr("m.yaml:2: numbers"));
  EXPECT_FALSE(Mapping::parse("event: [", "m.yaml").ok());
  EXPECT_FALSE(Mapping::parse("just text", "m.yaml").ok());
}

TEST(SplitCsv, knows_quotes) {
  EXPECT_THAT(*split_csv(R"(a,"b,c","say ""hi""",)", ','), testing::ElementsAre("a", "b,c", "say \"hi\"", ""));
  EXPECT_FALSE(split_csv(R"(a,"open)", ',').has_value());
}

}  // namespace
}  // namespace gm::gamemetrics
