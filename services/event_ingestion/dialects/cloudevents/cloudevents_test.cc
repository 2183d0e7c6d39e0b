#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "lib/base/time.h"
#include "services/event_ingestion/dialects/cloudevents/cloudevents_dialect.h"

namespace gm::event_ingestion {
namespace {

using nlohmann::json;
using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

const int64_t kNow = *parse_iso8601_ms("2026-11-23T12:00:00Z");
constexpr std::string_view kStructured = "application/cloudevents+json; charset=UTF-8";
constexpr std::string_view kBatched = "application/cloudevents-batch+json";

struct Outcome {
  std::string error;
  std::vector<std::string> refused;
  std::string record;
  event::Batch batch;
  http::Response answer;
};

Outcome decode(std::string body, const Headers& headers) {
  const size_t size = body.size();
  body.resize(size + http::kBodyPadding);
  http::Request request;
  request.headers = headers;
  request.received_ms = kNow;
  request.trace_id = "0123456789abcdef0123456789abcdef";
  const Call call{request, std::string_view(body).substr(0, size)};
  const CloudEventsDialect dialect;
  auto decoded = dialect.decode(call, IngestSettings::from(config::Settings::defaults()));
  Outcome out;
  if (!decoded) {
    out.error = decoded.error().code;
    return out;
  }
  for (const auto& one : decoded->batch.refused) out.refused.emplace_back(declaration_of(one.tag).name);
  out.answer = dialect.stored(call, decoded->batch);
  out.record = std::move(decoded->batch.encoder).take();
  out.batch = *event::decode_batch(out.record);
  return out;
}

Outcome structured(const json& event) { return decode(event.dump(), {{"content-type", kStructured}}); }

json event_with(const json& more) {
  json event = {{"specversion", "1.0"}, {"id", "1"}, {"source", "/game"}, {"type", "t"}, {"subject", "p"}};
  if (more.is_object()) event.update(more);
  return event;
}

TEST(CloudEventsTest, StructuredEventKeepsItsDataAndItsAttributes) {
  const Outcome out = structured(event_with(
      {{"type", "com.example.game.level_start.v2"},
       {"subject", "p-1"},
       {"time", "2026-11-23T11:00:00.5Z"},
       {"sessionid", "s-1"},
       {"shard", 7},
       {"data", {{"level", 3}, {"country", "DE"}, {"platform", "ios"}, {"build", "1.4"}, {"device", "phone"}}}}));
  ASSERT_EQ(out.batch.events.size(), 1u) << out.error;
  const event::Event& event = out.batch.events[0];
  EXPECT_EQ(event.name, "level_start");
  EXPECT_EQ(event.player, "p-1");
  EXPECT_EQ(event.session, "s-1");
  EXPECT_EQ(event.country, "DE");
  EXPECT_EQ(event.platform, "ios");
  EXPECT_EQ(event.build, "1.4");
  EXPECT_EQ(event.device, "phone");
  EXPECT_EQ(event.time_ms, *parse_iso8601_ms("2026-11-23T11:00:00.5Z"));
  const json properties = json::parse(event.properties);
  EXPECT_EQ(properties["level"], 3);
  EXPECT_EQ(properties["cloudevent"]["type"], "com.example.game.level_start.v2");
  EXPECT_EQ(properties["cloudevent"]["shard"], 7);
  EXPECT_EQ(out.answer.status, 204);
  EXPECT_EQ(out.answer.body, "");
}

TEST(CloudEventsTest, BinaryEventHasItsAttributesInHeadersDecodedOnce) {
  const Outcome out = decode(R"({"level":3})", {{"Content-Type", "application/json"},
                                                {"CE-Id", "1"},
                                                {"ce-source", "/a%20b"},
                                                {"ce-specversion", "1.0"},
                                                {"ce-type", "level_start"},
                                                {"ce-subject", "Euro%20%E2%82%AC%2520"},
                                                {"X-Other", "no"}});
  ASSERT_EQ(out.batch.events.size(), 1u) << out.error;
  EXPECT_EQ(out.batch.events[0].player, "Euro \xE2\x82\xAC%20");
  EXPECT_EQ(json::parse(out.batch.events[0].properties),
            json::parse(R"({"level":3,"cloudevent":{"id":"1","source":"/a b","specversion":"1.0","type":"level_start",
                            "subject":"Euro \u20ac%20","datacontenttype":"application/json"}})"));
}

TEST(CloudEventsTest, BinaryDataThatIsNoJsonIsKept) {
  const Headers headers = {{"content-type", "text/plain"}, {"ce-id", "1"},   {"ce-source", "s"},
                           {"ce-specversion", "1.0"},      {"ce-type", "t"}, {"ce-subject", "p"}};
  EXPECT_EQ(json::parse(decode("hi \"you\"", headers).batch.events.at(0).properties)["data"], "hi \"you\"");
  EXPECT_EQ(json::parse(decode("\xFF\x01", headers).batch.events.at(0).properties)["data_base64"], "/wE=");
  const json none = json::parse(decode("", headers).batch.events.at(0).properties);
  EXPECT_FALSE(none.contains("data"));
}

TEST(CloudEventsTest, BatchIsNotTakenForAStructuredEvent) {
  const std::string body = json::array({event_with({{"id", "1"}}), 5, event_with({{"id", "2"}})}).dump();
  const Outcome out = decode(body, {{"content-type", kBatched}});
  EXPECT_EQ(out.batch.events.size(), 2u);
  EXPECT_EQ(out.answer.status, 200);
  const json answer = json::parse(out.answer.body);
  EXPECT_EQ(answer["accepted"], 2);
  EXPECT_EQ(answer["rejected"], 1);
  EXPECT_EQ(answer["results"][0]["index"], 1);
  EXPECT_EQ(answer["results"][0]["tag"], "event_not_an_object");
  EXPECT_EQ(decode("[]", {{"content-type", kBatched}}).answer.status, 204);
}

TEST(CloudEventsTest, SourceAndIdTogetherAreTheIdentity) {
  const auto id = [](const char* source, const char* text) {
    return structured(event_with({{"source", source}, {"id", text}})).batch.events.at(0).id;
  };
  EXPECT_EQ(id("a", "1"), id("a", "1"));
  EXPECT_NE(id("a", "1"), id("b", "1"));
  EXPECT_NE(id("a", "1"), id("a", "2"));
}

TEST(CloudEventsTest, ThePlayerIsTheExtensionThenTheDataThenTheSubject) {
  const auto player = [](const json& more) {
    const Outcome out = structured(event_with(more));
    return out.batch.events.empty() ? std::string() : std::string(out.batch.events[0].player);
  };
  EXPECT_EQ(player({{"playerid", "e"}, {"data", {{"player_id", "d"}}}}), "e");
  EXPECT_EQ(player({{"data", {{"player_id", "d"}}}}), "d");
  EXPECT_EQ(player({}), "p");
}

TEST(CloudEventsTest, MoneyOfTheNativeFormAndOfFlatMembers) {
  const auto paid = [](const json& data) {
    return structured(event_with({{"data", data}})).batch.events.at(0).revenue_micros;
  };
  EXPECT_EQ(paid({{"revenue", {{"amount", "4.99"}, {"currency", "USD"}}}}), 4'990'000);
  EXPECT_EQ(paid({{"revenue", 2}, {"currency", "eur"}}), 2'000'000);
  EXPECT_EQ(paid({{"revenue", 2}}), std::nullopt);
  EXPECT_EQ(paid({{"revenue", {{"amount", "4.99"}}}}), std::nullopt);
}

TEST(CloudEventsTest, ASingleRefusedEventIsAnError) {
  json bare = event_with({});
  bare.erase("subject");
  const Outcome out = structured(bare);
  EXPECT_EQ(out.refused, std::vector<std::string>{"player_id_missing"});
  EXPECT_EQ(out.answer.status, 400);
  EXPECT_EQ(json::parse(out.answer.body)["code"], "gm-event-refused");
}

TEST(CloudEventsTest, RequiredAttributesAreRequired) {
  const auto refusal = [](const char* without) {
    json event = event_with({});
    event.erase(without);
    return structured(event).refused;
  };
  EXPECT_EQ(refusal("id"), std::vector<std::string>{"event_id_invalid"});
  EXPECT_EQ(refusal("source"), std::vector<std::string>{"field_invalid"});
  EXPECT_EQ(refusal("type"), std::vector<std::string>{"event_name_missing"});
  EXPECT_EQ(refusal("specversion"), std::vector<std::string>{"field_invalid"});
  EXPECT_EQ(structured(event_with({{"specversion", "0.3"}})).refused, std::vector<std::string>{"field_invalid"});
}

TEST(CloudEventsTest, WholeRequestErrors) {
  EXPECT_EQ(decode("{}", {{"content-type", "application/cloudevents+xml"}}).error, "gm-content-type-unsupported");
  EXPECT_EQ(decode("{}", {{"content-type", "application/cloudevents-batch+xml"}}).error, "gm-content-type-unsupported");
  EXPECT_EQ(decode("{}", {{"content-type", kBatched}}).error, "gm-body-malformed");
  EXPECT_EQ(decode("{", {{"content-type", kStructured}}).error, "gm-body-malformed");
  EXPECT_EQ(decode("{} x", {{"content-type", "application/json"}}).error, "gm-body-malformed");
}

struct Situation {
  const char* code;
  int status;
};
class CloudEventsRefusal : public testing::TestWithParam<Situation> {};

TEST_P(CloudEventsRefusal, IsAProblem) {
  const auto answer = CloudEventsDialect().refused({}, {GetParam().code, "why"});
  EXPECT_EQ(answer.status, GetParam().status);
  EXPECT_EQ(answer.content_type, "application/problem+json");
}

INSTANTIATE_TEST_SUITE_P(Situations, CloudEventsRefusal,
                         testing::Values(Situation{"gm-overloaded", 503}, Situation{"gm-rate-limited", 429},
                                         Situation{"gm-body-too-large", 413}, Situation{"gm-key-unknown", 401},
                                         Situation{"gm-body-malformed", 400},
                                         Situation{"gm-content-type-unsupported", 415}));

}  // namespace
}  // namespace gm::event_ingestion
