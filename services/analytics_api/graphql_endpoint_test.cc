#include <chrono>
#include <thread>

#include "lib/telemetry/catalog_graphql.h"
#include "services/analytics_api/api_fixture_test.h"

namespace gm::analytics_api {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Pair;
using testing::StartsWith;

struct GraphqlEndpointTest : ApiTest {
  http::Response post(std::string_view query, std::string_view accept, std::string_view key = "") {
    const std::string authorization = "Bearer " + (key.empty() ? project_key : std::string(key));
    const std::string body = Json{{"query", query}}.dump();
    http::Request request;
    request.method = http::Method::post;
    request.body = body;
    request.headers = {{"Authorization", authorization},
                       {"Content-Type", "application/json"},
                       {"Accept", accept},
                       {"Host", "localhost"}};
    if (!origin.empty()) request.headers.emplace_back("Origin", origin);
    return router->streams.at("/graphql")(request, stream);
  }
  // What a client of automatic persisted queries sends. Answers the code of the first error, or the body.
  std::string post_named(const std::string& hash, std::string_view text, std::string_view key = "") {
    Json body{{"extensions", {{"persistedQuery", {{"version", 1}, {"sha256Hash", hash}}}}}};
    if (!text.empty()) body["query"] = text;
    const std::string sent = body.dump();
    const std::string authorization = "Bearer " + (key.empty() ? project_key : std::string(key));
    http::Request request;
    request.method = http::Method::post;
    request.body = sent;
    request.headers = {{"Authorization", authorization}, {"Content-Type", "application/json"}};
    const Json answer = Json::parse(router->streams.at("/graphql")(request, stream).body);
    return answer.contains("errors") ? answer["errors"][0]["extensions"]["code"].get<std::string>()
                                     : answer["data"].dump();
  }
  http::Response subscribe(std::string_view query) { return post(query, "text/event-stream"); }
  // Waits for the threads of subscriptions: their first turn is due at once.
  std::string sent_within_reason() {
    for (int i = 0; i < 2000 && stream->sent().empty(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return stream->sent();
  }

  std::string origin;
  std::shared_ptr<RecordingStream> stream = std::make_shared<RecordingStream>();
};

constexpr std::string_view kPipeline = "subscription { pipeline { logEnd lagEvents } }";

TEST_F(GraphqlEndpointTest, ASubscriptionBeginsWithHowThingsAre) {
  const auto response = subscribe(kPipeline);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/event-stream; charset=utf-8");
  EXPECT_EQ(response.body, ":\n\n");
  EXPECT_THAT(sent_within_reason(),
              StartsWith("event: next\ndata: {\"data\":{\"pipeline\":{\"logEnd\":900,\"lagEvents\":0}}"));
  EXPECT_GT(stream.use_count(), 1);
}

TEST_F(GraphqlEndpointTest, AClientSendsADocumentOnceAndThenItsHash) {
  const std::string text = "{ pipeline { logEnd } }";
  const std::string hash = document_hash(text);
  EXPECT_EQ(post_named(hash, ""), "gm-graphql-persisted-unknown");
  EXPECT_EQ(post_named(hash, "{ pipeline { lagEvents } }"), "gm-graphql-persisted-mismatch");
  EXPECT_EQ(post_named(hash, text), R"({"pipeline":{"logEnd":900}})");
  EXPECT_EQ(post_named(hash, ""), R"({"pipeline":{"logEnd":900}})");
  EXPECT_EQ(post_named(hash, "", other_project_key), "gm-graphql-persisted-unknown");
  EXPECT_EQ(registry.counter(telemetry::kGraphqlRefused, {"gm-graphql-persisted-unknown"}).value(), 2u);
}

TEST_F(GraphqlEndpointTest, AnInvalidDocumentIsNotRemembered) {
  const std::string text = "{ nothing }";
  EXPECT_EQ(post_named(document_hash(text), text), "gm-graphql-invalid");
  EXPECT_EQ(post_named(document_hash(text), ""), "gm-graphql-persisted-unknown");
}

TEST_F(GraphqlEndpointTest, OnlyDeclaredDocumentsRunWhereItIsAsked) {
  const std::string text = "{ pipeline { logEnd } }";
  ASSERT_TRUE(documents.add(kGame, Json{{document_hash(text), text}}.dump()).ok());
  ApiSettings strict = settings;
  strict.graphql.persisted_only = true;
  register_with(strict);
  EXPECT_EQ(post_named(document_hash(text), ""), R"({"pipeline":{"logEnd":900}})");
  EXPECT_THAT(post("{ live { asOf } }", "application/json").body, HasSubstr("gm-graphql-persisted-only"));
  EXPECT_EQ(post(text, "application/graphql-response+json").status, 200);
}

TEST_F(GraphqlEndpointTest, AMetricOfTheLastDaysIsThere) {
  subscribe("subscription { metric(name: \"dau\", days: 2) { points { date } } }");
  EXPECT_THAT(sent_within_reason(), HasSubstr(R"("points":[{"date":"2026-11-22"},{"date":"2026-11-23"}])"));
}

TEST_F(GraphqlEndpointTest, AnOperationWithOneResponseIsAnsweredWhole) {
  const auto response = subscribe("{ pipeline { logEnd } }");
  EXPECT_THAT(response.body, AllOf(StartsWith("event: next\ndata: {\"data\":{\"pipeline\":{\"logEnd\":900}}"),
                                   EndsWith("event: complete\ndata: \n\n")));
  EXPECT_EQ(stream.use_count(), 1);
}

TEST_F(GraphqlEndpointTest, WhatIsWrongWithAnOperationGoesThroughTheStream) {
  for (const auto& [query, code] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"subscription { nothing }", "gm-graphql-invalid"},
           {"subscription {", "gm-graphql-syntax"},
           {"subscription { live(every: 0) { asOf } }", "gm-query-invalid"},
           {"subscription { metric(name: \"nothing\") { total } }", "gm-metric-unknown"},
           {"subscription { metric(name: \"dau\", days: 0) { total } }", "gm-query-invalid"},
           {"subscription { liveEvents(first: 501) { event } }", "gm-query-invalid"},
           {"subscription { live { a: asOf b: asOf c: asOf d: asOf } pipeline { logEnd } }", "gm-graphql-invalid"}}) {
    const auto response = subscribe(query);
    EXPECT_EQ(response.status, 200) << query;
    EXPECT_THAT(response.body,
                AllOf(HasSubstr("\"code\":\"" + std::string(code) + "\""), EndsWith("event: complete\ndata: \n\n")));
    EXPECT_EQ(stream.use_count(), 1) << query;
  }
  EXPECT_EQ(live.listener_count(), 0u);
}

TEST_F(GraphqlEndpointTest, TheLimitsOfQueriesAreThoseOfSubscriptions) {
  ApiSettings strict = settings;
  strict.graphql.limits.operation = {1, 0, 1, 3};
  register_with(strict);
  EXPECT_THAT(subscribe(kPipeline).body, HasSubstr("gm-graphql-too-deep"));
  EXPECT_THAT(subscribe("subscription { p: pipeline { logEnd } }").body, HasSubstr("gm-graphql-too-many-aliases"));
  EXPECT_THAT(subscribe("subscription { liveEvents(first: 500) { event } }").body, HasSubstr("gm-graphql-too-costly"));
}

TEST_F(GraphqlEndpointTest, ASubscriptionNeedsAStream) {
  const auto response = post(kPipeline, "application/json");
  EXPECT_EQ(Json::parse(response.body)["errors"][0]["extensions"]["code"], "gm-graphql-operation-unknown");
  EXPECT_EQ(post(kPipeline, "application/graphql-response+json").status, 400);
}

TEST_F(GraphqlEndpointTest, KeysAreThoseOfQueries) {
  EXPECT_EQ(post(kPipeline, "text/event-stream", "gm_pk_nothing").status, 401);
  EXPECT_EQ(post(kPipeline, "text/event-stream", write_key).status, 403);
}

TEST_F(GraphqlEndpointTest, PagesOfElsewhereMayNotSubscribe) {
  origin = "https://evil.example";
  const auto response = subscribe(kPipeline);
  EXPECT_EQ(response.status, 403);
  EXPECT_THAT(response.body, HasSubstr("gm-origin-not-allowed"));
  origin = "http://localhost";
  EXPECT_EQ(subscribe(kPipeline).status, 200);
}

TEST_F(GraphqlEndpointTest, TooManyAreRefused) {
  ApiSettings strict = settings;
  strict.graphql.subscriptions.subscriptions_per_key_max = 1;
  register_with(strict);
  EXPECT_EQ(subscribe(kPipeline).status, 200);
  const auto response = subscribe(kPipeline);
  EXPECT_EQ(response.status, 429);
  EXPECT_THAT(response.body, HasSubstr("gm-graphql-too-many-subscriptions"));
  EXPECT_THAT(response.headers, Contains(Pair("Retry-After", "5")));
}

TEST_F(GraphqlEndpointTest, AProjectSeesItsOwnEventsOnly) {
  subscribe("subscription { liveEvents(filter: {events: [\"win\"]}) { event playerId } }");
  ASSERT_EQ(live.listener_count(), 1u);
  store::LiveEvent event;
  event.event = "win";
  event.player = "zoe";
  live.publish(kOtherGame, {event});
  event.player = "ada";
  live.publish(kGame, {event});
  // The clock stands still, so the hub's first turn may be over: what waits is taken at its next.
  for (int i = 0; i < 2000 && stream->sent().empty(); ++i) {
    clock.advance_ms(250);
    live.publish(kGame, {});
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_THAT(stream->sent(), HasSubstr(R"({"data":{"liveEvents":[{"event":"win","playerId":"ada"}]})"));
  EXPECT_THAT(stream->sent(), testing::Not(HasSubstr("zoe")));
}

}  // namespace
}  // namespace gm::analytics_api
