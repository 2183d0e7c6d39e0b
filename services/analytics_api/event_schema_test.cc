// The schema registry by its routes and by GraphQL.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/analytics_api/api_fixture_test.h"

namespace gm::analytics_api {
namespace {

using event::PropertyType;

constexpr const char* kSchema = "/api/v1/schema";
constexpr const char* kViolations = "/api/v1/schema/violations";
constexpr const char* kDeclare = "/api/v1/schema/declare";
constexpr const char* kForget = "/api/v1/schema/forget";

class EventSchemaTest : public ApiTest {
 protected:
  // Twice, as two batches are: level as a number and, later, as a text.
  EventSchemaTest() {
    store::MicroBatch batch;
    batch.event_shapes = {{kGame, "play", 3, at(0), at(2)}, {kGame, "pause", 1, at(1), at(1)}};
    batch.property_shapes = {{kGame, "play", "level", PropertyType::number, 3, at(0), at(2), "7"},
                             {kGame, "play", "mode", PropertyType::string, 3, at(0), at(2), "story"},
                             {kOtherGame, "secret", "word", PropertyType::string, 9, at(0), at(2), "hush"}};
    batch.shape_overflows = {{kGame, store::kTooManyProperties, 2}};
    apply(batch);
    batch = {};
    batch.event_shapes = {{kGame, "play", 2, at(5), at(6)}, {kOtherGame, "secret", 9, at(0), at(2)}};
    batch.property_shapes = {{kGame, "play", "level", PropertyType::number, 1, at(5), at(5), ""},
                             {kGame, "play", "level", PropertyType::string, 1, at(6), at(6), "12a"}};
    batch.shape_overflows = {{kGame, store::kTooManyProperties, 3}};
    apply(batch);
  }

  static int64_t at(int minutes) { return moment("2026-11-23T09:00:00Z") + minutes * kMsPerMinute; }
  http::Response post(std::string_view pattern, const Json& body, std::string_view key = "") {
    const std::string text = body.dump();
    http::Request request;
    request.method = http::Method::post;
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = text;
    const std::string authorization = "Bearer " + (key.empty() ? project_key : std::string(key));
    request.headers.emplace_back("Authorization", authorization);
    return router->handlers.at(std::string(pattern))(request);
  }
  Json told(std::string_view pattern, const Json& body) {
    const http::Response response = post(pattern, body);
    EXPECT_EQ(response.status, 200) << response.body;
    return Json::parse(response.body);
  }
};

TEST_F(EventSchemaTest, WhatCameIsListedByNameWithItsTypes) {
  const Json answer = get_json(kSchema);
  EXPECT_EQ(answer["total"], 2);
  EXPECT_TRUE(answer["next"].is_null());
  EXPECT_EQ(answer["not_learned"], Json::parse(R"([{"reason":"too_many_properties","times":5}])"));
  ASSERT_EQ(answer["events"].size(), 2u);
  EXPECT_EQ(answer["events"][0]["event"], "pause");
  EXPECT_EQ(answer["events"][1], Json::parse(R"({"event":"play","events":5,
    "first_seen_at":"2026-11-23T09:00:00.000Z","last_seen_at":"2026-11-23T09:06:00.000Z","properties":[
      {"property":"level","expected":null,"origin":null,"declared_at":null,"seen":[
        {"type":"number","values":4,"first_seen_at":"2026-11-23T09:00:00.000Z","last_seen_at":"2026-11-23T09:05:00.000Z",
         "sample":"7","violates":false},
        {"type":"string","values":1,"first_seen_at":"2026-11-23T09:06:00.000Z","last_seen_at":"2026-11-23T09:06:00.000Z",
         "sample":"12a","violates":false}]},
      {"property":"mode","expected":null,"origin":null,"declared_at":null,"seen":[
        {"type":"string","values":3,"first_seen_at":"2026-11-23T09:00:00.000Z","last_seen_at":"2026-11-23T09:02:00.000Z",
         "sample":"story","violates":false}]}]})"));
  ASSERT_TRUE(folder.store->compact().ok());
  EXPECT_EQ(get_json(kSchema), answer) << "after compaction";
}

TEST_F(EventSchemaTest, PagesFollowEachOther) {
  const Json first = get_json(kSchema, "limit=1");
  EXPECT_EQ(first["next"], "pause");
  EXPECT_EQ(first["total"], 2);
  const Json second = get_json(kSchema, "limit=1&after=pause");
  ASSERT_EQ(second["events"].size(), 1u);
  EXPECT_EQ(second["events"][0]["event"], "play");
  EXPECT_EQ(second["events"][0]["properties"].size(), 2u);
  EXPECT_TRUE(second["next"].is_null());
  EXPECT_EQ(get_json(kSchema, "event=play")["events"][0], second["events"][0]);
  EXPECT_TRUE(get_json(kSchema, "event=nothing")["events"].empty());
  EXPECT_EQ(get(kSchema, "limit=201").status, 400);
}

TEST_F(EventSchemaTest, OtherTypesThanDeclaredAreViolationsAlsoThoseOfBefore) {
  EXPECT_EQ(get_json(kViolations), Json::parse(R"({"total":0,"violations":[]})"));
  EXPECT_EQ(told(kDeclare, {{"event", "play"}, {"property", "level"}, {"types", {"number", "null"}}}),
            Json::parse(R"({"declared":1})"));
  EXPECT_EQ(get_json(kViolations), Json::parse(R"({"total":1,"violations":[
    {"event":"play","property":"level","expected":["number","null"],"got":"string","values":1,
     "first_seen_at":"2026-11-23T09:06:00.000Z","last_seen_at":"2026-11-23T09:06:00.000Z","sample":"12a"}]})"));
  const Json level = get_json(kSchema, "event=play")["events"][0]["properties"][0];
  EXPECT_EQ(level["expected"], Json::parse(R"(["number","null"])"));
  EXPECT_EQ(level["origin"], "declared");
  EXPECT_EQ(level["declared_at"], "2026-11-23T12:00:00.000Z");
  EXPECT_EQ(level["seen"][0]["violates"], false);
  EXPECT_EQ(level["seen"][1]["violates"], true);
  told(kDeclare, {{"event", "play"}, {"property", "mode"}, {"types", {"list"}}});
  const Json both = get_json(kViolations, "limit=1");
  EXPECT_EQ(both["total"], 2);
  EXPECT_EQ(both["violations"][0]["property"], "mode") << "most values first";
  EXPECT_EQ(told(kForget, {{"event", "play"}}), Json::parse(R"({"forgotten":2})"));
  EXPECT_EQ(get_json(kViolations)["total"], 0);
}

TEST_F(EventSchemaTest, WhatWasLearnedCanBeFrozen) {
  told(kDeclare, {{"event", "play"}, {"property", "mode"}, {"types", {"list"}}});
  EXPECT_EQ(told(kDeclare, {{"event", "play"}}), Json::parse(R"({"declared":1})")) << "what is declared stays";
  const Json properties = get_json(kSchema, "event=play")["events"][0]["properties"];
  EXPECT_EQ(properties[0]["expected"], Json::parse(R"(["string","number"])"));
  EXPECT_EQ(properties[0]["origin"], "frozen");
  EXPECT_EQ(properties[1]["expected"], Json::parse(R"(["list"])"));
  EXPECT_EQ(told(kDeclare, {{"event", "play"}, {"property", "mode"}}), Json::parse(R"({"declared":1})"));
  EXPECT_EQ(get_json(kViolations)["total"], 0);
  store::MicroBatch later;
  later.property_shapes = {{kGame, "play", "level", PropertyType::boolean, 1, at(9), at(9), "true"}};
  apply(later);
  EXPECT_EQ(get_json(kViolations)["violations"][0]["got"], "boolean");
  EXPECT_EQ(post(kDeclare, {{"event", "secret"}}).status, 404) << "the other game's";
  EXPECT_EQ(Json::parse(post(kDeclare, {{"event", "play"}, {"property", "x"}}).body)["code"], "gm-schema-unknown");
}

TEST_F(EventSchemaTest, AnEventMayBeDeclaredBeforeItCame) {
  told(kDeclare, {{"event", "future"}, {"property", "word"}, {"types", {"string"}}});
  const Json answer = get_json(kSchema, "event=future");
  EXPECT_EQ(answer["events"][0], Json::parse(R"({"event":"future","events":0,"first_seen_at":null,"last_seen_at":null,
    "properties":[{"property":"word","expected":["string"],"origin":"declared",
                   "declared_at":"2026-11-23T12:00:00.000Z","seen":[]}]})"));
  EXPECT_EQ(get_json(kSchema)["total"], 3);
}

TEST_F(EventSchemaTest, WhatIsWrongIsRefused) {
  for (const char* body :
       {R"({"property":"level","types":["number"]})", R"({"event":"play","types":["number"]})",
        R"({"event":"play","property":"level","types":["array"]})", R"({"event":"play","property":"level","types":[]})",
        R"({"event":"play","property":"level","types":"number"})", R"({"event":"play","kind":"number"})", "[]"}) {
    const http::Response response = post(kDeclare, Json::parse(body));
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_EQ(Json::parse(response.body)["code"], "gm-query-invalid") << body;
  }
  EXPECT_EQ(post(kForget, Json::parse("{}")).status, 400);
  EXPECT_EQ(post(kDeclare, {{"event", "play"}}, write_key).status, 403);
  EXPECT_TRUE(declarations.held.empty());
  ApiSettings narrow = settings;
  narrow.schema_declarations_max = 1;
  register_with(narrow);
  told(kDeclare, {{"event", "play"}, {"property", "a"}, {"types", {"list"}}});
  const http::Response full = post(kDeclare, {{"event", "play"}, {"property", "b"}, {"types", {"list"}}});
  EXPECT_EQ(full.status, 422);
  EXPECT_EQ(Json::parse(full.body)["code"], "gm-schema-full");
}

TEST_F(EventSchemaTest, GraphqlTellsTheSame) {
  told(kDeclare, {{"event", "play"}, {"property", "level"}, {"types", {"number"}}});
  Json body;
  body["query"] = R"({ eventSchema(first: 1, after: "pause") { totalCount notLearned { reason times }
    edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor }
    nodes { event events firstSeenAt properties { name expected origin declaredAt seen { type values sample violates } } } }
    schemaViolations { totalCount nodes { event property expected got values lastSeenAt sample } } })";
  const Json answer = told("/graphql", body);
  EXPECT_EQ(answer["data"]["eventSchema"], Json::parse(R"({"totalCount":2,
    "notLearned":[{"reason":"too_many_properties","times":5}],"edges":[{"cursor":"play"}],
    "pageInfo":{"hasNextPage":false,"hasPreviousPage":true,"endCursor":"play"},
    "nodes":[{"event":"play","events":5,"firstSeenAt":"2026-11-23T09:00:00.000Z","properties":[
      {"name":"level","expected":["number"],"origin":"declared","declaredAt":"2026-11-23T12:00:00.000Z","seen":[
        {"type":"number","values":4,"sample":"7","violates":false},
        {"type":"string","values":1,"sample":"12a","violates":true}]},
      {"name":"mode","expected":null,"origin":null,"declaredAt":null,"seen":[
        {"type":"string","values":3,"sample":"story","violates":false}]}]}]})"))
      << answer;
  EXPECT_EQ(answer["data"]["schemaViolations"], Json::parse(R"({"totalCount":1,"nodes":[
    {"event":"play","property":"level","expected":["number"],"got":"string","values":1,
     "lastSeenAt":"2026-11-23T09:06:00.000Z","sample":"12a"}]})"));
}

}  // namespace
}  // namespace gm::analytics_api
