#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "lib/base/time.h"
#include "services/event_ingestion/dialects/segment/segment_dialect.h"

namespace gm::event_ingestion {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

const int64_t kNow = *parse_iso8601_ms("2026-11-23T12:00:00Z");
const IngestSettings kSettings = IngestSettings::from(config::Settings::defaults());

// A request decoded, and its record read back as the processor would.
struct Exchange {
  explicit Exchange(std::string_view path, std::string_view body, std::string_view query = "",
                    std::vector<std::pair<std::string_view, std::string_view>> headers = {})
      : bytes(std::string(body) + std::string(http::kBodyPadding, ' ')) {
    request.method = path.find("pixel") == std::string_view::npos ? http::Method::post : http::Method::get;
    request.path = path;
    request.query = query;
    request.headers = std::move(headers);
    request.received_ms = kNow;
    request.body = std::string_view(bytes).substr(0, body.size());
    auto found = dialect.decode({request, request.body}, kSettings);
    if (!found) {
      code = found.error().code;
      return;
    }
    decoded = std::move(*found);
    for (const auto& one : decoded.batch.refused) refused.emplace_back(declaration_of(one.tag).name);
    record = std::move(decoded.batch.encoder).take();
    batch = *event::decode_batch(record);
  }
  const event::Event& only() const { return batch.events.at(0); }
  json properties() const { return json::parse(only().properties); }

  SegmentDialect dialect;
  std::string bytes;
  http::Request request;
  Decoded decoded{DecodedBatch({ProjectId(), event::Source::segment, false, kNow, 0})};
  std::string code;  // of the whole request's error
  std::vector<std::string> refused;
  std::string record;
  event::Batch batch;
};

Exchange message(const std::string& fields) {
  return Exchange("/v1/batch", R"({"batch":[{"messageId":"m","userId":"u",)" + fields + "}]}");
}

TEST(Segment, ATrackCallFillsEveryField) {
  const Exchange got("/v1/batch", R"({"sentAt":"2026-11-23T11:59:58Z","writeKey":"k","batch":[{"type":"track",
    "messageId":"node-next-1","userId":"u-1","anonymousId":"a-1","event":"boss_down","timestamp":"2026-11-23T11:59:00.120Z",
    "properties":{"boss":"troll","tries":3},"integrations":{},"_metadata":{"nodeVersion":"20"},
    "context":{"ip":"203.0.113.7","os":{"name":"iOS","version":"17"},"device":{"model":"iPhone15,2"},"app":{"version":"1.4.2","build":"77"},
    "location":{"country":"DE"},"sessionId":1795435200000,"library":{"name":"x"}}}]})");
  ASSERT_EQ(got.batch.events.size(), 1u) << got.code;
  const event::Event& e = got.only();
  EXPECT_EQ(e.id, Uuid::derived_from("node-next-1"));
  EXPECT_EQ(e.name, "boss_down");
  EXPECT_EQ(e.player, "u-1");
  EXPECT_EQ(e.time_ms, *parse_iso8601_ms("2026-11-23T11:59:00.120Z"));
  EXPECT_EQ(e.platform, "iOS");
  EXPECT_EQ(e.device, "iPhone15,2");
  EXPECT_EQ(e.build, "1.4.2");
  EXPECT_EQ(e.country, "DE");
  EXPECT_EQ(e.session, "1795435200000");
  EXPECT_EQ(got.batch.info.sent_ms, *parse_iso8601_ms("2026-11-23T11:59:58Z"));
  EXPECT_EQ(got.decoded.credential.key, "k");
  EXPECT_EQ(got.properties(), json::parse(R"({"boss":"troll","tries":3,"$segment":{"_metadata":{"nodeVersion":"20"},
    "anonymousId":"a-1","context":{"os":{"name":"iOS","version":"17"},"device":{"model":"iPhone15,2"},
    "app":{"version":"1.4.2","build":"77"},"location":{"country":"DE"},"sessionId":1795435200000,"library":{"name":"x"}}}})"));
}

TEST(Segment, AnAddressIsNeverStored) {
  EXPECT_THAT(
      std::string(message(R"("type":"track","event":"x","ip":"203.0.113.7","context":{"ip":"203.0.113.7"})").record),
      testing::Not(HasSubstr("203.0.113")));
}

TEST(Segment, AnIdentifyLinksTheAnonymousPlayer) {
  const auto both = message(R"("type":"identify","anonymousId":"a","traits":{"plan":"pro"})");
  EXPECT_EQ(both.only().name, "$identify");
  EXPECT_EQ(both.only().player, "u");
  EXPECT_EQ(both.properties(), json::parse(R"({"$set":{"plan":"pro"},"$anon_distinct_id":"a"})"));
  const Exchange anonymous("/v1/i", R"({"messageId":"m","anonymousId":"a","traits":{"plan":"pro"}})");
  EXPECT_EQ(anonymous.only().name, "$set");
  EXPECT_EQ(anonymous.only().player, "a");
  EXPECT_EQ(anonymous.properties(), json::parse(R"({"$set":{"plan":"pro"}})"));
}

TEST(Segment, GroupAliasPageAndScreen) {
  const auto group = message(R"("type":"group","groupId":17,"traits":{"name":"Guild"})");
  EXPECT_EQ(group.only().name, "$groupidentify");
  EXPECT_EQ(group.properties(),
            json::parse(R"({"$group_type":"group","$group_key":"17","$group_set":{"name":"Guild"}})"));
  const auto alias = message(R"("type":"alias","previousId":"old")");
  EXPECT_EQ(alias.only().name, "$create_alias");
  EXPECT_EQ(alias.properties(), json::parse(R"({"alias":"old"})"));
  const auto page = message(R"("type":"page","name":"Home","properties":{"url":"https://g.example/"})");
  EXPECT_EQ(page.only().name, "$pageview");
  EXPECT_EQ(page.properties(), json::parse(R"({"$current_url":"https://g.example/","url":"https://g.example/",
    "$segment":{"name":"Home"}})"));
  const auto screen = message(R"("type":"screen","name":"Shop")");
  EXPECT_EQ(screen.only().name, "$screen");
  EXPECT_EQ(screen.properties(), json::parse(R"({"$screen_name":"Shop"})"));
}

TEST(Segment, AnOrderIsAPurchase) {
  const auto got =
      message(R"("type":"track","event":"Order Completed","properties":{"order_id":"o-1","revenue":4.99,"total":5.99,
    "currency":"eur","products":[{"name":"Gems","product_id":"gems_100","price":4.99},{"product_id":"other"}]})");
  EXPECT_EQ(got.only().name, "purchase");
  EXPECT_EQ(got.only().revenue_micros, 4'990'000);
  EXPECT_EQ(got.only().currency, "EUR");
  EXPECT_EQ(got.properties()["product"], "gems_100");
  EXPECT_EQ(got.properties()["transaction"], "o-1");
  EXPECT_EQ(got.properties()["products"].size(), 2u);
  EXPECT_EQ(got.properties()["$segment"]["event"], "Order Completed");
  const auto bare = message(R"("type":"track","event":"Order Completed","properties":{"total":"2.50"})");
  EXPECT_EQ(bare.only().revenue_micros, 2'500'000);
  EXPECT_EQ(bare.only().currency, "USD") << "the specification's default";
  EXPECT_EQ(bare.properties()["product"], "unknown");
}

TEST(Segment, MoneyNeedsAnAmountAndACurrencyThatIsOne) {
  for (const char* properties :
       {R"({"revenue":"much"})", R"({"revenue":5,"currency":"GOLD"})", R"({"revenue":5,"currency":null})",
        R"({"total":5})", R"({"revenue":true})", R"({"currency":"EUR"})"}) {
    const auto got = message(R"("type":"track","event":"x","properties":)" + std::string(properties));
    EXPECT_EQ(got.only().revenue_micros, std::nullopt) << properties;
    EXPECT_EQ(got.properties(), json::parse(properties));
  }
}

TEST(Segment, NamesOfTheSpecificationBecomeOurs) {
  for (const auto& [theirs, ours] : {std::pair{"Application Installed", "first_open"},
                                     {"Application Crashed", "crash"},
                                     {"Level Started", "level_start"},
                                     {"Level Completed", "level_complete"},
                                     {"Level Failed", "level_fail"},
                                     {"Tutorial Completed", "tutorial_complete"},
                                     {"Application Opened", "Application Opened"}}) {
    EXPECT_EQ(message(R"("type":"track","event":")" + std::string(theirs) + '"').only().name, ours);
  }
}

TEST(Segment, WhatHasNoNameHereIsKeptUnderItsOwn) {
  const auto merge = message(R"("type":"merge","mergeProperties":[{"type":"email","value":"a@b.example"}])");
  EXPECT_EQ(merge.only().name, "merge");
  EXPECT_EQ(merge.properties()["$segment"]["mergeProperties"].size(), 1u);
  const auto odd = message(R"("type":"video","event":"played")");
  EXPECT_EQ(odd.only().name, "played");
  EXPECT_EQ(odd.properties(), json::parse(R"({"$segment":{"type":"video"}})"));
}

TEST(Segment, TheBatchsContextIsOfEveryMessageThatSaysNothingElse) {
  const std::string events =
      R"("batch":[{"userId":"u","messageId":"1","event":"a"},{"userId":"u","messageId":"2","event":"b","context":{"os":{"name":"Android"}}}])";
  const std::string context = R"("context":{"ip":"203.0.113.7","os":{"name":"iOS"},"app":{"version":"2"}})";
  for (const std::string& body : {"{" + context + "," + events + "}", "{" + events + "," + context + "}"}) {
    const Exchange got("/v1/batch", body);
    ASSERT_EQ(got.batch.events.size(), 2u) << body;
    EXPECT_EQ(got.batch.events[0].platform, "iOS");
    EXPECT_EQ(got.batch.events[1].platform, "Android");
    EXPECT_EQ(got.batch.events[1].build, "2");
    EXPECT_EQ(json::parse(got.batch.events[0].properties),
              json::parse(R"({"$segment":{"batch_context":{"os":{"name":"iOS"},"app":{"version":"2"}}}})"));
  }
}

TEST(Segment, TimesAreTheEventsOwnAndTheEnvelopesSending) {
  const auto original = message(R"("type":"track","event":"x","originalTimestamp":"2026-11-23T11:00:00Z")");
  EXPECT_EQ(original.only().time_ms, kNow - 3'600'000);
  for (const char* order : {R"("timestamp":"2026-11-23T11:30:00Z","originalTimestamp":"2026-11-23T11:00:00Z")",
                            R"("originalTimestamp":"2026-11-23T11:00:00Z","timestamp":"2026-11-23T11:30:00Z")"}) {
    const auto both = message(R"("type":"track","event":"x",)" + std::string(order));
    EXPECT_EQ(both.only().time_ms, kNow - 1'800'000) << order;
    EXPECT_EQ(both.properties()["$segment"]["originalTimestamp"], "2026-11-23T11:00:00Z");
  }
  const Exchange single("/v1/t", R"({"event":"x","userId":"u","sentAt":"2026-11-23T11:59:00Z"})");
  EXPECT_EQ(single.batch.info.sent_ms, kNow - 60'000);
  EXPECT_FALSE(single.batch.info.historical);
  EXPECT_TRUE(Exchange("/v1/import", R"({"batch":[{"event":"x","userId":"u"}]})").batch.info.historical);
}

// A device says 1970 of itself and sends half an hour later by its own clock: the correction brings it to today.
TEST(Segment, TheSendTimeBehindTheEventsDecidesTheirAge) {
  const Exchange got(
      "/v1/batch",
      R"({"batch":[{"event":"x","userId":"u","timestamp":"1970-01-01T00:00:00Z"}],"sentAt":"1970-01-01T00:30:00Z"})");
  EXPECT_THAT(got.refused, IsEmpty());
}

TEST(Segment, BadMessagesFailAloneAndAreNamed) {
  const std::string good = R"({"event":"ok","userId":"u"})";
  for (const auto& [bad, tag] : {std::pair<std::string, std::string>{"7", "event_not_an_object"},
                                 {R"({"type":"track","userId":"u"})", "event_name_missing"},
                                 {R"({"userId":"u"})", "event_name_missing"},
                                 {R"({"event":{},"userId":"u"})", "event_name_invalid"},
                                 {R"({"event":"x"})", "player_id_missing"},
                                 {R"({"event":"x","userId":""})", "player_id_missing"},
                                 {R"({"event":"x","userId":{"id":1}})", "player_id_invalid"},
                                 {R"({"event":"x","userId":"undefined"})", "player_id_refused"},
                                 {R"({"event":"x","userId":"u","timestamp":"soon"})", "event_time_invalid"},
                                 {R"({"event":"x","userId":"u","properties":[1]})", "properties_invalid"},
                                 {R"({"type":"group","userId":"u"})", "field_invalid"},
                                 {R"({"type":"alias","userId":"u"})", "field_invalid"},
                                 {R"({"event":"x","userId":"u","messageId":5})", "event_id_invalid"},
                                 {R"({"event":"x","userId":"u","context":{"a":"\ud83d"}})", "text_invalid"}}) {
    const Exchange got("/v1/batch", R"({"batch":[)" + good + "," + bad + "," + good + "]}");
    EXPECT_THAT(got.refused, ElementsAre(tag)) << bad;
    EXPECT_EQ(got.batch.events.size(), 2u) << bad;
  }
}

TEST(Segment, EmptyListsOfPhpAreEmptyMaps) {
  const auto got = message(R"("type":"track","event":"x","properties":[],"context":[ ],"traits":[])");
  EXPECT_THAT(got.refused, IsEmpty());
  EXPECT_EQ(got.only().properties, "{}");
}

TEST(Segment, WholeBodiesThatCannotBe) {
  for (const auto& [body, code] :
       {std::pair{"", "gm-body-malformed"},
        {"[]", "gm-body-malformed"},
        {R"({"batch":{}})", "gm-body-malformed"},
        {R"({"events":[]})", "gm-body-malformed"},
        {R"({"batch":[]})", "gm-batch-empty"},
        {R"({"batch":[{"event":"x","userId":"u"}]} x)", "gm-body-malformed"},
        {R"({"batch":[{"event":"x","writeKey":"a"},{"event":"x","writeKey":"b"}]})", "gm-key-unknown"}}) {
    EXPECT_EQ(Exchange("/v1/batch", body).code, code) << body;
  }
}

TEST(Segment, TheKeyIsInAHeaderTheQueryOrTheBody) {
  const std::string body = R"({"writeKey":"of-the-body","batch":[{"event":"x","userId":"u","writeKey":"other"}]})";
  const auto key = [&](std::vector<std::pair<std::string_view, std::string_view>> headers, std::string_view query) {
    return Exchange("/v1/batch", body, query, std::move(headers)).decoded.credential.key;
  };
  EXPECT_EQ(key({}, ""), "of-the-body");
  EXPECT_EQ(key({}, "writeKey=of-the-query"), "of-the-query");
  EXPECT_EQ(key({{"Authorization", "Basic d2s6"}}, "writeKey=of-the-query"), "wk");
  EXPECT_EQ(key({{"authorization", "BASIC d2s6"}}, ""), "wk");
  EXPECT_EQ(key({{"Authorization", "Bearer tok"}}, ""), "tok");
  EXPECT_EQ(key({{"Authorization", "Basic ???"}}, ""), "of-the-body");
}

TEST(Segment, Pixels) {
  // {"writeKey":"k","userId":"u","event":"open"}
  const Exchange base64("/v1/pixel/track", "", "data=eyJ3cml0ZUtleSI6ImsiLCJ1c2VySWQiOiJ1IiwiZXZlbnQiOiJvcGVuIn0");
  ASSERT_EQ(base64.batch.events.size(), 1u) << base64.code;
  EXPECT_EQ(base64.only().name, "open");
  EXPECT_EQ(base64.decoded.credential.key, "k");
  const Exchange dotted("/v1/pixel/track", "",
                        "userId=u&event=Email%20Opened&properties.subject=Hi+you&properties.a.b=1&writeKey=k");
  ASSERT_EQ(dotted.batch.events.size(), 1u) << dotted.code;
  EXPECT_EQ(dotted.only().name, "Email Opened");
  EXPECT_EQ(dotted.properties(), json::parse(R"({"subject":"Hi you","a":{"b":"1"}})"));
  const Exchange rudder("/pixel/v1/page", "",
                        "writeKey=k&anonymousId=a&name=Home&context={\"page\":{\"url\":\"http://x\"}}");
  ASSERT_EQ(rudder.batch.events.size(), 1u) << rudder.code;
  EXPECT_EQ(rudder.only().name, "$pageview");
  EXPECT_EQ(rudder.properties()["$current_url"], "http://x");
  const http::Response shown = rudder.dialect.stored({rudder.request, ""}, rudder.decoded.batch);
  EXPECT_EQ(shown.content_type, "image/gif");
  EXPECT_EQ(shown.body.size(), 43u);
  EXPECT_EQ(Exchange("/v1/pixel/track", "", "data=***").code, "gm-body-malformed");
}

// Table 3.9 of the answers, and what the client makes of them.
TEST(Segment, Answers) {
  const SegmentDialect dialect;
  http::Request request;
  request.path = "/v1/batch";
  const auto refused = [&](const char* code) { return dialect.refused(request, {code, "why"}); };
  const Exchange some("/v1/batch", R"({"batch":[{"event":"x","userId":"u"},7]})");
  EXPECT_EQ(dialect.stored({request, ""}, some.decoded.batch).body, R"({"success":true})");
  EXPECT_EQ(refused("gm-overloaded").status, 429);
  EXPECT_EQ(refused("gm-log-unavailable").status, 429);
  EXPECT_EQ(refused("gm-rate-limited").status, 429);
  EXPECT_EQ(refused("gm-body-too-large").status, 400);
  EXPECT_EQ(refused("gm-batch-too-large").status, 400);
  EXPECT_EQ(refused("gm-body-malformed").status, 400);
  EXPECT_EQ(refused("gm-key-unknown").status, 401);
  EXPECT_EQ(refused("gm-key-wrong-kind").status, 401);
  EXPECT_EQ(json::parse(refused("gm-key-unknown").body),
            json::parse(R"({"success":false,"code":"gm-key-unknown","message":"why"})"));
}

TEST(Segment, TheWaitGrowsWithTheRetriesSoThatTheyOutlastAnOutage) {
  const SegmentDialect dialect;
  for (const auto& [count, seconds] :
       {std::pair{"", "1"}, {"1", "2"}, {"4", "16"}, {"30", "64"}, {"-5", "1"}, {"x", "1"}}) {
    http::Request request;
    request.path = "/v1/batch";
    request.headers = {{"X-Retry-Count", count}};
    EXPECT_THAT(dialect.refused(request, {"gm-overloaded", ""}).headers, ElementsAre(Pair("Retry-After", seconds)));
  }
}

TEST(Segment, ABrowsersSettingsNameThisServerOnly) {
  const SegmentDialect dialect;
  http::Request request;
  request.method = http::Method::get;
  request.path = "/v1/projects/gm_wk_x/settings";
  request.path_parameters = {"gm_wk_x"};
  request.headers = {{"Host", "events.example:8080"}};
  const auto decoded = dialect.decode({request, ""}, kSettings);
  ASSERT_TRUE(decoded.ok());
  EXPECT_TRUE(decoded->open);
  const json settings = json::parse(dialect.stored({request, ""}, decoded->batch).body);
  EXPECT_EQ(settings["integrations"]["Segment.io"]["apiKey"], "gm_wk_x");
  EXPECT_EQ(settings["integrations"]["Segment.io"]["apiHost"], "events.example:8080/v1");
  request.headers = {{"Host", "x\"y"}};
  EXPECT_FALSE(json::parse(dialect.stored({request, ""}, decoded->batch).body)["integrations"]["Segment.io"].contains(
      "apiHost"));
  request.path = "/sourceConfig/";
  request.query = "writeKey=k";
  EXPECT_EQ(json::parse(dialect.stored({request, ""}, decoded->batch).body)["source"]["writeKey"], "k");
}

}  // namespace
}  // namespace gm::event_ingestion
