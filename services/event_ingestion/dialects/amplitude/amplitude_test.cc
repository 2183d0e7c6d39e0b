#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "lib/base/time.h"
#include "services/event_ingestion/dialects/amplitude/amplitude_dialect.h"
#include "services/event_ingestion/dialects/amplitude/amplitude_forms.h"

namespace gm::event_ingestion {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const int64_t kNow = *parse_iso8601_ms("2026-11-23T12:00:00Z");
const std::string kMinuteAgo = std::to_string(kNow - 60'000);
const IngestSettings kSettings = IngestSettings::from(config::Settings::defaults());

// A request decoded, its answer, and its record read back as the processor would.
struct Exchange {
  Exchange(std::string_view path, std::string_view body)
      : bytes(std::string(body) + std::string(http::kBodyPadding, ' ')) {
    request.method = http::Method::post;
    request.path = path;
    request.received_ms = kNow;
    request.body = std::string_view(bytes).substr(0, body.size());
    auto found = dialect.decode({request, request.body}, kSettings);
    if (!found) {
      code = found.error().code;
      return;
    }
    decoded = std::move(*found);
    answer = dialect.stored({request, request.body}, decoded.batch);
    for (const auto& one : decoded.batch.refused) refused.emplace_back(declaration_of(one.tag).name);
    record = std::move(decoded.batch.encoder).take();
    batch = *event::decode_batch(record);
  }
  const event::Event& only() const { return batch.events.at(0); }
  json properties() const { return json::parse(only().properties); }

  AmplitudeDialect dialect;
  std::string bytes;
  http::Request request;
  Decoded decoded{DecodedBatch({ProjectId(), event::Source::amplitude, false, kNow, 0})};
  http::Response answer;
  std::string code;
  std::vector<std::string> refused;
  std::string record;
  event::Batch batch;
};

Exchange events(const std::string& list) { return {"/2/httpapi", R"({"api_key":"k","events":[)" + list + "]}"}; }
Exchange one(const std::string& fields) { return events(R"({"user_id":"u-1234","insert_id":"i",)" + fields + "}"); }

TEST(Amplitude, AnEventFillsEveryField) {
  const Exchange got(
      "/2/httpapi",
      R"({"api_key":"k","events":[{"event_type":"boss_down","user_id":"u-1234","device_id":"d-1",
    "time":)" +
          kMinuteAgo +
          R"(,"insert_id":"i-1","session_id":1795435000000,"event_properties":{"boss":"troll"},"platform":"iOS",
    "os_name":"ios","device_model":"iPhone15,2","app_version":"1.4.2","country":"DE","ip":"203.0.113.7","language":"de"}],
    "options":{"min_id_length":1},"client_upload_time":"2026-11-23T11:59:58.000Z","request_metadata":{"sdk":{}}})");
  ASSERT_EQ(got.batch.events.size(), 1u) << got.code;
  const event::Event& e = got.only();
  EXPECT_EQ(e.id, Uuid::derived_from("i-1"));
  EXPECT_EQ(e.name, "boss_down");
  EXPECT_EQ(e.player, "u-1234");
  EXPECT_EQ(e.time_ms, kNow - 60'000);
  EXPECT_EQ(e.session, "1795435000000");
  EXPECT_EQ(e.platform, "iOS");
  EXPECT_EQ(e.device, "iPhone15,2");
  EXPECT_EQ(e.build, "1.4.2");
  EXPECT_EQ(e.country, "DE");
  EXPECT_EQ(got.batch.info.sent_ms, kNow - 2'000);
  EXPECT_EQ(got.decoded.credential.key, "k");
  EXPECT_EQ(got.properties(),
            json::parse(R"({"boss":"troll","$amplitude":{"language":"de","device_id":"d-1","os_name":"ios"}})"));
  EXPECT_THAT(got.record, testing::Not(HasSubstr("203.0.113")));
}

TEST(Amplitude, ASessionOfMinusOneIsNone) {
  EXPECT_EQ(one(R"("event_type":"x","session_id":-1)").only().session, "");
  EXPECT_EQ(events(R"({"event_type":"x","device_id":"d"})").only().player, "d");
}

TEST(Amplitude, AnIdentifyLinksTheDeviceAndTellsFacts) {
  const auto plain = one(
      R"("event_type":"$identify","device_id":"d","user_properties":{"$set":{"plan":"pro"},"$setOnce":{"first":1}})");
  EXPECT_EQ(plain.only().name, "$identify");
  EXPECT_EQ(plain.properties(),
            json::parse(R"({"$set":{"plan":"pro"},"$set_once":{"first":1},"$anon_distinct_id":"d"})"));
  const auto nobody = events(R"({"event_type":"$identify","device_id":"d","user_properties":{"plan":"pro"}})");
  EXPECT_EQ(nobody.only().name, "$set");
  EXPECT_EQ(nobody.properties(), json::parse(R"({"$set":{"plan":"pro"}})"));
  const auto more = one(R"("event_type":"x","user_properties":{"$set":{"a":1},"$add":{"n":2}})");
  EXPECT_EQ(more.properties(),
            json::parse(R"({"$set":{"a":1},"$amplitude":{"user_properties":{"$set":{"a":1},"$add":{"n":2}}}})"));
}

TEST(Amplitude, FormsOfIdentifyAndGroupIdentify) {
  const Exchange identify("/identify",
                          "api_key=k&identification=%7B%22user_id%22%3A%22u-1%22%2C%22user_properties%22%3A%7B%22%"
                          "24set%22%3A%7B%22a%22%3A1%7D%7D%7D");
  ASSERT_EQ(identify.batch.events.size(), 1u) << identify.code;
  EXPECT_EQ(identify.only().name, "$identify");
  EXPECT_EQ(identify.decoded.credential.key, "k");
  const Exchange group(
      "/groupidentify",
      R"({"api_key":"k","identification":[{"group_type":"guild","group_value":"g1","group_properties":{"$set":{"n":2}}}]})");
  ASSERT_EQ(group.batch.events.size(), 1u) << group.code;
  EXPECT_EQ(group.only().name, "$groupidentify");
  EXPECT_EQ(group.only().player, "g1") << "a group's facts need no player";
  EXPECT_EQ(group.properties()["$group_type"], "guild");
  EXPECT_EQ(group.properties()["$group_set"], json::parse(R"({"n":2})"));
  EXPECT_EQ(Exchange("/identify", "api_key=k").code, "gm-body-malformed");
}

TEST(Amplitude, AGroupIdentifyOfTheClient) {
  const auto got =
      one(R"("event_type":"$groupidentify","groups":{"guild":["g1","g2"]},"group_properties":{"$set":{"n":2}})");
  EXPECT_EQ(got.properties(), json::parse(R"({"$group_type":"guild","$group_key":"g1","$group_set":{"n":2}})"));
  EXPECT_THAT(one(R"("event_type":"$groupidentify","groups":{})").refused, ElementsAre("field_invalid"));
}

TEST(Amplitude, MoneyIsTheRevenueOrPriceTimesQuantity) {
  const auto sdk = one(
      R"("event_type":"revenue_amount","event_properties":{"$productId":"gems","$price":0.99,"$quantity":3,"$currency":"eur"})");
  EXPECT_EQ(sdk.only().name, "purchase");
  EXPECT_EQ(sdk.only().revenue_micros, 2'970'000);
  EXPECT_EQ(sdk.only().currency, "EUR");
  EXPECT_EQ(sdk.properties()["product"], "gems");
  EXPECT_EQ(sdk.properties()["quantity"], 3);
  const auto top = one(R"("event_type":"bought","revenue":"4.99","price":1,"quantity":2,"productId":"p")");
  EXPECT_EQ(top.only().name, "bought");
  EXPECT_EQ(top.only().revenue_micros, 4'990'000);
  EXPECT_EQ(top.only().currency, "USD");
  for (const char* fields : {R"("price":1e8,"quantity":100)", R"("price":1,"quantity":1.5)", R"("price":"x")",
                             R"("price":1,"quantity":-1)", R"("revenue":1,"currency":"GOLD")", R"("quantity":2)"}) {
    EXPECT_EQ(one(R"("event_type":"x",)" + std::string(fields)).only().revenue_micros, std::nullopt) << fields;
  }
}

TEST(Amplitude, NamesOfItsOwnBecomeOurs) {
  const auto page =
      one(R"("event_type":"[Amplitude] Page Viewed","event_properties":{"[Amplitude] Page Location":"http://x"})");
  EXPECT_EQ(page.only().name, "$pageview");
  EXPECT_EQ(page.properties()["$current_url"], "http://x");
  EXPECT_EQ(page.properties()["$amplitude"]["event_type"], "[Amplitude] Page Viewed");
  const auto screen =
      one(R"("event_type":"[Amplitude] Screen Viewed","event_properties":{"[Amplitude] Screen Name":"Shop"})");
  EXPECT_EQ(screen.properties()["$screen_name"], "Shop");
  const auto ended =
      one(R"("event_type":"session_end","session_id":)" + std::to_string(kNow - 90'000) + R"(,"time":)" + kMinuteAgo);
  EXPECT_EQ(ended.only().name, "session_end");
  EXPECT_EQ(ended.properties()["seconds"], 30);
  EXPECT_EQ(one(R"("event_type":"[Amplitude] Application Installed")").only().name, "first_open");
}

// The client drops the places that are named and sends the others again.
TEST(Amplitude, BadEventsAreNamedByTheirPlaceAndTheOthersStored) {
  const auto got = events(R"({"event_type":"a","user_id":"u-1"},{"user_id":"u-1"},{"event_type":"a"},
    {"event_type":"a","user_id":"u-1","time":"soon"},{"event_type":"a","user_id":"u-1","time":4000000000000},7)");
  EXPECT_THAT(got.refused,
              ElementsAre("event_name_missing", "player_id_missing", "event_time_invalid", "event_not_an_object"));
  EXPECT_EQ(got.batch.events.size(), 2u);
  EXPECT_EQ(got.answer.status, 400);
  const json answer = json::parse(got.answer.body);
  EXPECT_EQ(answer["code"], 400);
  EXPECT_EQ(answer["events_with_missing_fields"], json::parse(R"({"event_type":[1],"user_id":[2]})"));
  EXPECT_EQ(answer["events_with_invalid_fields"], json::parse(R"({"time":[3],"event_properties":[5]})"));
  EXPECT_FALSE(answer.contains("missing_field")) << "that would drop the good ones, too";
}

TEST(Amplitude, EachFaultHasItsTag) {
  for (const auto& [fields, tag] : {std::pair{R"("event_type":7)", "event_name_invalid"},
                                    {R"("event_type":"x","user_id":true)", "player_id_invalid"},
                                    {R"("event_type":"x","user_id":"none")", "player_id_refused"},
                                    {R"("event_type":"x","insert_id":[])", "event_id_invalid"},
                                    {R"("event_type":"x","time":0)", "event_time_too_old"},
                                    {R"("event_type":"x","event_properties":[])", "properties_invalid"},
                                    {R"("event_type":"x","user_properties":"a")", "properties_invalid"},
                                    {R"("event_type":"x","groups":"g")", "field_invalid"},
                                    {R"("event_type":"x","event_properties":{"a":"\ud83d"})", "text_invalid"}}) {
    EXPECT_THAT(one(fields).refused, ElementsAre(tag)) << fields;
  }
}

TEST(Amplitude, WhatIsStoredIsCounted) {
  const auto got = events(R"({"event_type":"a","user_id":"u-1"},{"event_type":"b","user_id":"u-1"})");
  const json answer = json::parse(got.answer.body);
  EXPECT_EQ(got.answer.status, 200);
  EXPECT_EQ(answer["code"], 200);
  EXPECT_EQ(answer["events_ingested"], 2);
  EXPECT_EQ(answer["server_upload_time"], kNow);
}

TEST(Amplitude, WholeBodiesThatCannotBe) {
  for (const auto& [body, code] : {std::pair{"", "gm-body-malformed"},
                                   {"[]", "gm-body-malformed"},
                                   {R"({"api_key":"k"})", "gm-body-malformed"},
                                   {R"({"events":7})", "gm-body-malformed"},
                                   {R"({"events":[]})", "gm-batch-empty"},
                                   {R"({"events":[{}]}})", "gm-body-malformed"}}) {
    EXPECT_EQ(Exchange("/2/httpapi", body).code, code) << body;
  }
}

// Table 3.9 of the answers: the code in the body is what a client reads.
TEST(Amplitude, Answers) {
  const auto refused = [](const char* code) {
    const http::Response response = amplitude_refused({code, "why"});
    const json body = json::parse(response.body);
    EXPECT_EQ(body["code"], response.status) << code;
    return std::pair(response.status, body);
  };
  EXPECT_EQ(refused("gm-overloaded").first, 503);
  EXPECT_EQ(refused("gm-log-unavailable").first, 503);
  EXPECT_EQ(refused("gm-rate-limited").first, 429);
  EXPECT_EQ(refused("gm-request-timeout").first, 408);
  EXPECT_EQ(refused("gm-body-too-large").first, 413);
  EXPECT_EQ(refused("gm-batch-too-large").first, 413);
  for (const char* code : {"gm-key-missing", "gm-key-unknown", "gm-key-wrong-kind"}) {
    EXPECT_EQ(refused(code).first, 400);
    EXPECT_THAT(refused(code).second["error"].get<std::string>(), testing::StartsWith("Invalid API key"));
  }
  for (const char* code : {"gm-body-malformed", "gm-batch-empty", "gm-encoding-unsupported"}) {
    EXPECT_EQ(refused(code).first, 400);
    EXPECT_EQ(refused(code).second["missing_field"], "events") << "or the client sends it again and again";
  }
}

TEST(Amplitude, ClaimsTheBodiesOfBatchThatHaveEvents) {
  for (const auto& [body, wanted] : {std::pair{R"({"api_key":"k","events":[]})", true},
                                     {R"( {"options":{"batch":1},"events" :[{"batch":1}]})", true},
                                     {R"({"api_key":"events","batch":[{"events":1}]})", false},
                                     {R"({"api_key":"k","batch":[{"event":"a","properties":{"events":[]}}]})", false},
                                     {R"([{"events":1}])", false},
                                     {R"({"a\"events":1})", false},
                                     {R"({"event":"a","distinct_id":"u"})", false},
                                     {"", false},
                                     {"{\"events", false},
                                     {"{\"\\", false},
                                     {"H4sIAA", false}}) {
    EXPECT_EQ(amplitude_has_events(body), wanted) << body;
  }
  http::Request request;
  request.path = "/2/httpapi";
  EXPECT_TRUE(AmplitudeDialect().claims({request, "x"}));
  for (const char* path : {"/batch", "/batch/"}) {
    request.path = path;
    EXPECT_FALSE(AmplitudeDialect().claims({request, "x"}));
    EXPECT_TRUE(AmplitudeDialect().claims({request, R"({"events":[]})"}));
  }
}

}  // namespace
}  // namespace gm::event_ingestion
