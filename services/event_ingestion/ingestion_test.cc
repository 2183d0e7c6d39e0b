// The handler against a log that confirms when the test says so.

#include <gmock/gmock.h>

#include "lib/codec/gzip.h"
#include "lib/codec/text_codecs.h"
#include "lib/event/event.h"
#include "services/event_ingestion/ingestion_test_fixture.h"
#include "services/event_ingestion/key_within.h"

namespace gm::event_ingestion {
namespace {

using testing::HasSubstr;

using IngestionHandler = IngestionFixture;

// Two requests, ten events and a kilobyte a second.
struct LimitedIngestion : IngestionFixture {
  LimitedIngestion() : IngestionFixture({2, 10, 1000, 1000}) {}
};

TEST_F(IngestionHandler, AnswersOnlyWhenBothTopicsAreDurable) {
  send(kMixed);
  ASSERT_EQ(log.waiting.size(), 2u);
  EXPECT_FALSE(answer);
  log.confirm_one();
  EXPECT_FALSE(answer);
  EXPECT_EQ(events("native", "accepted"), 0u);
  log.confirm_one();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_THAT(answer->body, HasSubstr(R"("accepted":2,"rejected":1)"));
  EXPECT_THAT(answer->body, HasSubstr("player_id_missing"));
  EXPECT_EQ(events("native", "accepted"), 2u);
  EXPECT_EQ(events("native", "rejected"), 1u);
  EXPECT_EQ(registry.counter(telemetry::kIngestRejected, {"player_id_missing"}).value(), 1u);
  for (const auto& append : log.stored) {
    if (append.topic == log::Topic::events_raw) {
      const auto batch = event::decode_batch(append.payload);
      ASSERT_TRUE(batch.ok());
      EXPECT_EQ(batch->events.size(), 2u);
      EXPECT_EQ(batch->info.project, ProjectId::from_stored(3));
    } else {
      const auto rejected = event::decode_rejected(append.payload);
      ASSERT_TRUE(rejected.ok());
      EXPECT_EQ(rejected->rejected.at(0).raw, R"({"event":"b"})");
    }
  }
}

TEST_F(IngestionHandler, ALogThatFailsIsA503WithRetryAfterAndCountsNothing) {
  for (const auto& [log_code, code] :
       {std::pair{"gm-log-full", "gm-overloaded"}, std::pair{"gm-log-failed", "gm-log-unavailable"}}) {
    send(kMixed);
    log.fail_one({log_code, "x"});
    EXPECT_FALSE(answer) << "the other append is still out";
    log.confirm_one();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 503);
    EXPECT_THAT(answer->body, HasSubstr(code));
    EXPECT_THAT(answer->headers, testing::Contains(std::pair<std::string, std::string>{"Retry-After", "1"}));
  }
  EXPECT_EQ(events("native", "accepted"), 0u);
}

TEST_F(IngestionHandler, AMalformedBodyIsKeptAsOneRejectedEntry) {
  send("{\"events\":[{");
  ASSERT_EQ(log.waiting.size(), 1u);
  EXPECT_EQ(log.waiting[0].topic, log::Topic::events_rejected);
  EXPECT_FALSE(answer);
  log.confirm_all();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 400);
  EXPECT_THAT(answer->body, HasSubstr("gm-body-malformed"));
  const auto kept = event::decode_rejected(log.stored[0].payload);
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(kept->rejected.at(0).reason, "body_malformed");
  EXPECT_EQ(kept->rejected.at(0).raw, "{\"events\":[{");
  EXPECT_EQ(requests("native", "gm-body-malformed"), 1u);
  EXPECT_EQ(requests("native", "ok"), 0u);
}

TEST_F(IngestionHandler, APathOfTwoDialectsGoesByTheBody) {
  const std::string key = R"({"api_key":")" + write_key.text + R"(",)";
  post("/batch", key + R"("events":[{"event_type":"a","user_id":"u-1"}]})");
  log.confirm_all();
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->body, HasSubstr(R"("events_ingested":1)"));
  post("/batch", key + R"("batch":[{"event":"a","distinct_id":"u-1","properties":{"events":1}}]})");
  log.confirm_all();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, R"({"status":1})");
  EXPECT_EQ(events("amplitude", "accepted"), 1u);
  EXPECT_EQ(events("posthog", "accepted"), 1u);
}

// A bug: with a slash at its end the path was PostHog's alone, and Amplitude's events were lost with a success.
TEST_F(IngestionHandler, APathOfTwoDialectsIsOfBothWithASlashAtItsEnd) {
  post("/batch/", R"({"api_key":")" + write_key.text + R"(","events":[{"event_type":"a","user_id":"u-1"}]})");
  log.confirm_all();
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->body, HasSubstr(R"("events_ingested":1)"));
  EXPECT_EQ(events("amplitude", "accepted"), 1u);
}

TEST_F(IngestionHandler, ADialectsOwnWaitIsNotRepeated) {
  post("/v1/track", R"({"event":"a","userId":"u-1","writeKey":")" + write_key.text + R"("})", {{"X-Retry-Count", "3"}});
  log.fail_one({"gm-log-full", "x"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 429);
  EXPECT_THAT(answer->headers, testing::ElementsAre(testing::Pair("Retry-After", "8")));
}

TEST_F(IngestionHandler, KeysAreChecked) {
  const std::string with_project_key = "Bearer " + project_key.text;
  const std::pair<std::string_view, int> cases[] = {
      {"", 401}, {"Bearer nonsense", 401}, {"Basic abc", 401}, {with_project_key, 403}};
  for (const auto& [header, status] : cases) {
    post("/v1/events", kMixed, {{"Authorization", header}});
    ASSERT_TRUE(answer) << header;
    EXPECT_EQ(answer->status, status) << header;
  }
  EXPECT_TRUE(log.waiting.empty());
  post("/batch/", R"({"api_key":"wrong","batch":[{"event":"a","distinct_id":"u"}]})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 401);
  EXPECT_THAT(answer->content_type, HasSubstr("text/plain"));
}

TEST_F(IngestionHandler, GzipIsFoundByHeaderAndByItsFirstBytes) {
  post("/v1/events", codec::gzip_compress(kMixed, 6), {{"Authorization", authorization}, {"Content-Encoding", "gzip"}});
  EXPECT_EQ(log.waiting.size(), 2u);
  log.confirm_all();
  post("/v1/events", codec::gzip_compress(kMixed, 6), {{"Authorization", authorization}});
  EXPECT_EQ(log.waiting.size(), 2u);
  log.confirm_all();
  post("/v1/events", kMixed, {{"Authorization", authorization}, {"Content-Encoding", "lzma"}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 415);
  EXPECT_EQ(budget.used(), 0u);
}

// One event, as Python's brotli, zstandard and zlib (with its header and without) write it.
TEST_F(IngestionHandler, EveryContentCodingIsUndone) {
  using namespace std::string_view_literals;
  const std::pair<std::string_view, std::string_view> bodies[] = {
      {"br",
       "\x8B\x14\x80\x7B\x22\x65\x76\x65\x6E\x74\x73\x22\x3A\x5B\x7B\x22\x65\x76\x65\x6E\x74\x22\x3A\x22"
       "\x61\x22\x2C\x22\x70\x6C\x61\x79\x65\x72\x5F\x69\x64\x22\x3A\x22\x70\x22\x7D\x5D\x7D\x03"sv},
      {"zstd",
       "\x28\xB5\x2F\xFD\x20\x2A\x51\x01\x00\x7B\x22\x65\x76\x65\x6E\x74\x73\x22\x3A\x5B\x7B\x22\x65\x76"
       "\x65\x6E\x74\x22\x3A\x22\x61\x22\x2C\x22\x70\x6C\x61\x79\x65\x72\x5F\x69\x64\x22\x3A\x22\x70\x22"
       "\x7D\x5D\x7D"sv},
      {"deflate",
       "\x78\xDA\xAB\x56\x4A\x2D\x4B\xCD\x2B\x29\x56\xB2\x8A\xAE\x86\x30\x95\xAC\x94\x12\x95\x74\x94\x0A"
       "\x72\x12\x2B\x53\x8B\xE2\x33\x53\x80\xFC\x02\xA5\xDA\xD8\x5A\x00\x33\x5F\x0E\x18"sv},
      {"deflate",
       "\xAB\x56\x4A\x2D\x4B\xCD\x2B\x29\x56\xB2\x8A\xAE\x86\x30\x95\xAC\x94\x12\x95\x74\x94\x0A\x72\x12"
       "\x2B\x53\x8B\xE2\x33\x53\x80\xFC\x02\xA5\xDA\xD8\x5A\x00"sv},
      {"BR",
       "\x8B\x14\x80\x7B\x22\x65\x76\x65\x6E\x74\x73\x22\x3A\x5B\x7B\x22\x65\x76\x65\x6E\x74\x22\x3A\x22"
       "\x61\x22\x2C\x22\x70\x6C\x61\x79\x65\x72\x5F\x69\x64\x22\x3A\x22\x70\x22\x7D\x5D\x7D\x03"sv},
  };
  for (const auto& [coding, body] : bodies) {
    post("/v1/events", std::string(body), {{"Authorization", authorization}, {"Content-Encoding", coding}});
    ASSERT_EQ(log.waiting.size(), 1u) << coding;
    log.confirm_all();
    EXPECT_THAT(answer->body, HasSubstr(R"("accepted":1,"rejected":0)"));
    post("/v1/events", kMixed, {{"Authorization", authorization}, {"Content-Encoding", coding}});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 400) << coding;
  }
  post("/v1/events", kMixed, {{"Authorization", authorization}, {"Content-Encoding", "compress"}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 415);
  EXPECT_THAT(answer->body, HasSubstr("gzip, deflate, br, zstd, identity"));
  EXPECT_THAT(answer->headers,
              testing::Contains(std::pair<std::string, std::string>{"Accept-Encoding", "gzip, deflate, br, zstd"}));
  EXPECT_EQ(budget.used(), 0u);
}

TEST_F(IngestionHandler, ABombIs413AndTheBudgetHoldsForDecompressedBytes) {
  post("/v1/events", codec::gzip_compress(std::string(30 << 20, ' '), 9), {{"Authorization", authorization}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 413);
  ASSERT_TRUE(budget.take(1 << 20));
  post("/v1/events", codec::gzip_compress(kMixed, 6), {{"Authorization", authorization}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  budget.give(1 << 20);
  EXPECT_EQ(budget.used(), 0u);
}

TEST_F(IngestionHandler, PosthogFormsReachTheLog) {
  const std::string json = R"({"api_key":")" + write_key.text + R"(","batch":[{"event":"a","distinct_id":"u"}]})";
  const std::string form = "data=" + codec::base64_encode(json);
  for (const char* path : {"/batch", "/batch/", "/capture", "/capture/", "/e", "/e/", "/i/v0/e", "/i/v0/e/"}) {
    post(path, json, {{"Origin", "https://game.example"}});
    ASSERT_EQ(log.waiting.size(), 1u) << path;
    log.confirm_all();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, R"({"status":1})");
    EXPECT_THAT(answer->headers, testing::Contains(std::pair<std::string, std::string>{"Access-Control-Allow-Origin",
                                                                                       "https://game.example"}));
  }
  post("/e/", form, {{"Content-Type", "application/x-www-form-urlencoded"}});
  EXPECT_EQ(log.waiting.size(), 1u);
  log.confirm_all();
  post("/e/", codec::gzip_compress(json, 6), {{"Content-Type", "text/plain"}}, "compression=gzip-js");
  EXPECT_EQ(log.waiting.size(), 1u);
  log.confirm_all();
  EXPECT_EQ(events("posthog", "accepted"), 10u);
}

// A bug: what browsers may send as a GET was refused, and a key pasted with a blank was no key.
TEST_F(IngestionHandler, PosthogEventsMayComeInTheQuery) {
  const std::string json = R"({"api_key":" )" + write_key.text + R"(\n","event":"a","distinct_id":"u"})";
  for (const char* path : {"/capture", "/capture/", "/e", "/e/", "/i/v0/e", "/i/v0/e/"}) {
    const std::string query = "_=1795435200000&data=" + codec::base64_encode(json);
    get(path, query);
    ASSERT_EQ(log.waiting.size(), 1u) << path;
    log.confirm_all();
    EXPECT_EQ(answer->body, R"({"status":1})");
  }
  EXPECT_EQ(events("posthog", "accepted"), 6u);
  get("/e/", "");
  EXPECT_EQ(answer->status, 400);
}

TEST_F(IngestionHandler, RecordingsOfSessionsAreDeclined) {
  post("/s/", R"([{"event":"$snapshot","properties":{"token":"x"}}])");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, R"({"status":1,"quota_limited":["recordings"]})");
  EXPECT_TRUE(log.waiting.empty());
}

TEST_F(IngestionHandler, TwoDialectsOfOneSourceShareItsCounters) {
  post("/batch/", R"({"api_key":")" + write_key.text + R"(","batch":[{"event":"a","distinct_id":"u"}]})");
  log.confirm_all();
  const std::string v1 =
      R"({"batch":[{"event":"a","uuid":"0192f3a4-0000-7000-8000-000000000001","distinct_id":"u","properties":{}}]})";
  post("/i/v1/analytics/events", v1,
       {{"Authorization", authorization},
        {"PostHog-Sdk-Info", "posthog-node/5"},
        {"PostHog-Attempt", "1"},
        {"PostHog-Request-Id", "r"},
        {"PostHog-Request-Timestamp", "2026-11-23T12:00:00Z"}});
  log.confirm_all();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body, R"({"results":{}})");
  EXPECT_EQ(events("posthog", "accepted"), 2u);
}

TEST_F(IngestionHandler, APathOfTwoDialectsGoesToTheOneThatClaimsIt) {
  const auto get = [&](std::string_view query) {
    std::vector<std::string_view> parameters;
    const http::Route* route = routes.find("/i", parameters);
    ASSERT_NE(route, nullptr);
    request = {};
    request.path = "/i";
    request.query = query;
    request.received_ms = 1'795'435'200'000;
    answer.reset();
    std::get<http::AsyncHandler>(route->endpoint(http::Method::get)->handler)(
        request, [this](http::Response response) { answer = std::move(response); });
    log.confirm_all();
    ASSERT_TRUE(answer);
  };
  const std::string pixel = "e=pv&uid=u&aid=" + write_key.text;
  get(pixel);
  EXPECT_EQ(answer->content_type, "image/gif");
  const std::string session = "begin_session=1&device_id=d&app_key=" + write_key.text;
  get(session);
  EXPECT_EQ(answer->body, R"({"result":"Success"})");
  get("begin_session=1&device_id=d&app_key=nonsense");
  EXPECT_EQ(answer->status, 400);
  EXPECT_EQ(events("snowplow", "accepted"), 1u);
  EXPECT_EQ(events("countly", "accepted"), 1u);
}

TEST_F(IngestionHandler, ABodyThatEndsWithSuccessIsStillKeptAmongTheRejected) {
  post("/i/bulk", "requests=[{&app_key=" + write_key.text);
  ASSERT_EQ(log.waiting.size(), 1u);
  EXPECT_EQ(log.waiting[0].topic, log::Topic::events_rejected);
  EXPECT_FALSE(answer);
  log.confirm_all();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, R"({"result":"Success"})");
}

TEST_F(IngestionHandler, WhatTheServerRefusesIsSaidInTheDialectsForm) {
  std::vector<std::string_view> parameters;
  request.headers = {{"Origin", "https://game.example"}};
  request.trace_id = "t";
  const auto refused = [&](const char* path) {
    return routes.find(path, parameters)
        ->endpoint(http::Method::post)
        ->options.refuse(request, 413, "gm-body-too-large", "too large");
  };
  EXPECT_EQ(refused("/v1/events").content_type, "application/problem+json");
  const http::Response posthog = refused("/batch/");
  EXPECT_EQ(posthog.status, 413);
  EXPECT_EQ(posthog.body, "too large");
  EXPECT_THAT(posthog.headers, testing::Contains(std::pair<std::string, std::string>{"Access-Control-Allow-Origin",
                                                                                     "https://game.example"}));
}

TEST_F(LimitedIngestion, RequestsBeyondTheRateGet429AndTheTimeToWait) {
  const std::string one = R"({"events":[{"event":"a","player_id":"p"}]})";
  for (int i = 0; i < 2; ++i) {
    send(one);
    log.confirm_all();
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(header("RateLimit"), i == 0 ? "\"requests\";r=1" : "\"requests\";r=0");
    EXPECT_EQ(header("RateLimit-Policy"), "\"requests\";q=2;w=1");
  }
  send(one);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 429);
  EXPECT_THAT(answer->body, HasSubstr("gm-rate-limited"));
  EXPECT_EQ(header("Retry-After"), "1");
  EXPECT_EQ(header("RateLimit"), "\"requests\";r=0;t=1");
  EXPECT_EQ(header("RateLimit-Policy"), "\"requests\";q=2;w=1");
  EXPECT_TRUE(log.waiting.empty());
  clock.advance_ms(500);
  send(one);
  log.confirm_all();
  EXPECT_EQ(answer->status, 200);
}

TEST_F(LimitedIngestion, ARequestWithTooManyEventsIsRefusedWholeAndCounted) {
  std::string eight = R"({"events":[)";
  for (int i = 0; i < 8; ++i) eight += (i ? "," : "") + std::string(R"({"event":"a","player_id":"p"})");
  eight += "]}";
  send(eight);
  log.confirm_all();
  EXPECT_EQ(answer->status, 200);
  send(eight);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 429);
  EXPECT_EQ(header("RateLimit-Policy"), "\"events\";q=10;w=1");
  EXPECT_EQ(events("native", "throttled"), 8u);
  EXPECT_EQ(events("native", "accepted"), 8u);
}

TEST_F(LimitedIngestion, ADialectWithItsKeyInTheBodyIsLimitedInItsOwnForm) {
  const std::string json = R"({"api_key":")" + write_key.text + R"(","batch":[{"event":"a","distinct_id":"u"}]})";
  for (int i = 0; i < 3; ++i) {
    post("/batch/", json);
    log.confirm_all();
  }
  EXPECT_EQ(answer->status, 429);
  EXPECT_THAT(answer->content_type, HasSubstr("text/plain"));
  EXPECT_EQ(header("Retry-After"), "1");
}

// What cannot be read would be answered 400, if anyone looked at it.
TEST_F(LimitedIngestion, BeyondItsRateAKeysBodiesAreNeitherDecompressedNorDecoded) {
  for (int i = 0; i < 2; ++i) {
    send(R"({"events":[{"event":"a","player_id":"p"}]})");
    log.confirm_all();
  }
  post("/v1/events", "no gzip at all", {{"Authorization", authorization}, {"Content-Encoding", "gzip"}});
  EXPECT_EQ(answer->status, 429);
  post("/batch/", R"([{]"api_key":")" + write_key.text + R"(")");
  EXPECT_EQ(answer->status, 429);
  clock.advance_ms(5000);
  post("/v1/events", "no gzip at all", {{"Authorization", authorization}, {"Content-Encoding", "gzip"}});
  EXPECT_EQ(answer->status, 400);
  post("/batch/", R"([{]"api_key":")" + write_key.text + R"(")");
  EXPECT_EQ(answer->status, 400);
}

TEST_F(LimitedIngestion, WhoWasRefusedEventsIsNotDecodedUntilTheTimeHeWasTold) {
  std::string ten = R"({"events":[)";
  for (int i = 0; i < 10; ++i) ten += (i ? "," : "") + std::string(R"({"event":"a","player_id":"p"})");
  ten += "]}";
  send(ten);
  log.confirm_all();
  clock.advance_ms(500);
  send(ten);
  EXPECT_EQ(answer->status, 429);
  EXPECT_EQ(header("RateLimit-Policy"), "\"events\";q=10;w=1");
  clock.advance_ms(100);
  send("{");
  EXPECT_EQ(answer->status, 429) << "nobody looked at it";
  EXPECT_EQ(header("RateLimit-Policy"), "\"events\";q=10;w=1");
  clock.advance_ms(900);
  send(ten);
  log.confirm_all();
  EXPECT_EQ(answer->status, 200);
}

TEST(KeyWithin, IsFoundByItsFormOnly) {
  SeededRandom random(6);
  const std::string key = security::make_key(security::KeyKind::write, random).text;
  EXPECT_EQ(write_key_within(R"({"note":"gm_wk_not","api_key":")" + key + R"(","batch":[]})"), key);
  EXPECT_EQ(write_key_within(R"({"api_key":")" + key + R"(x"})"), "");
  EXPECT_EQ(write_key_within("gm_wk_"), "");
  EXPECT_EQ(write_key_within(""), "");
}

}  // namespace
}  // namespace gm::event_ingestion
