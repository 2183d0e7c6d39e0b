#include <gmock/gmock.h>

#include "lib/base/time.h"
#include "services/event_ingestion/decoding/form_fields.h"
#include "services/event_ingestion/dialects/countly/countly_dialect.h"
#include "services/event_ingestion/dialects/countly/countly_request.h"

namespace gm::event_ingestion {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const int64_t kNow = *parse_iso8601_ms("2026-11-23T12:00:00Z");
const IngestSettings kSettings = IngestSettings::from(config::Settings::defaults());
const CountlyDialect kDialect;

// A request and what came of it, read back as the processor would.
struct Countly {
  std::string body, path, query;
  http::Request request;
  std::string code;  // whole-request error
  std::string key;
  std::vector<std::string> refused, raws;
  std::string record;
  event::Batch batch;

  Countly(std::string_view to, std::string_view form, std::string_view in_query = "", std::string_view type = "")
      : body(std::string(form) + std::string(http::kBodyPadding, ' ')), path(to), query(in_query) {
    request.method = http::Method::post;
    request.path = path;
    request.query = query;
    if (!type.empty()) request.headers.emplace_back("Content-Type", type);
    request.received_ms = kNow;
    const Call call{request, std::string_view(body).substr(0, form.size())};
    auto decoded = kDialect.decode(call, kSettings);
    if (!decoded) {
      code = decoded.error().code;
      return;
    }
    key = decoded->credential.key;
    for (const auto& one : decoded->batch.refused) {
      refused.emplace_back(declaration_of(one.tag).name);
      raws.emplace_back(one.raw);
    }
    record = std::move(decoded->batch.encoder).take();
    batch = std::move(*event::decode_batch(record));
  }
  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& event : batch.events) out.emplace_back(event.name);
    return out;
  }
  std::string properties(size_t i = 0) const { return std::string(batch.events.at(i).properties); }
};

constexpr std::string_view kBase = "app_key=k&device_id=d1&timestamp=1795435200000&";

Countly request(const std::string& fields) { return {"/i", std::string(kBase) + fields}; }

TEST(CountlyTest, BeginsAndEndsSessions) {
  const auto begin = request(
      R"(begin_session=1&metrics=%7B%22_os%22%3A%22Linux%22%2C%22_device%22%3A%22PC%22%2C%22_app_version%22%3A%221.4%22%7D)"
      "&country_code=DE&ip_address=192.0.2.7&sdk_name=node&tz=60");
  EXPECT_EQ(begin.key, "k");
  ASSERT_THAT(begin.names(), ElementsAre("session_start"));
  const event::Event& e = begin.batch.events[0];
  EXPECT_EQ(e.player, "d1");
  EXPECT_EQ(e.platform, "Linux");
  EXPECT_EQ(e.device, "PC");
  EXPECT_EQ(e.build, "1.4");
  EXPECT_EQ(e.country, "DE");
  EXPECT_EQ(e.time_ms, 1'795'435'200'000);
  EXPECT_EQ(
      e.properties,
      R"({"metrics":{"_os":"Linux","_device":"PC","_app_version":"1.4"},"country_code":"DE","sdk_name":"node","tz":"60"})");
  EXPECT_EQ(begin.record.find("192.0.2.7"), std::string::npos) << "an address is never kept";
  const auto beat = request("session_duration=60");
  EXPECT_THAT(beat.names(), ElementsAre("session_update"));
  EXPECT_EQ(beat.properties(), R"({"seconds":60})");
  const auto end = request("end_session=1&session_duration=12");
  EXPECT_THAT(end.names(), ElementsAre("session_end"));
  EXPECT_EQ(end.properties(), R"({"seconds":12})");
}

TEST(CountlyTest, ReadsEvents) {
  const auto got = request(
      R"(events=[{"key":"level_complete","count":1,"dur":9.5,"segmentation":{"level":3},"timestamp":1795435100000,"hour":9},)"
      R"({"key":"[CLY]_view","count":1,"segmentation":{"name":"shop","visit":1},"timestamp":1795435100},)"
      R"({"key":"purchase","count":1,"sum":4.99,"segmentation":{"product":"gems","currency":"usd"}},)"
      R"({"key":"economy_source","sum":5,"segmentation":{"currency":"GEM","amount":5}}])");
  EXPECT_THAT(got.names(), ElementsAre("level_complete", "$screen", "purchase", "economy_source"));
  EXPECT_EQ(got.properties(0), R"({"level":3,"count":1,"dur":9.5,"hour":9})");
  EXPECT_EQ(got.batch.events[0].time_ms, 1'795'435'100'000);
  EXPECT_EQ(got.batch.events[1].time_ms, 1'795'435'100'000);
  EXPECT_THAT(got.properties(1), HasSubstr(R"("$screen_name":"shop")"));
  EXPECT_EQ(got.batch.events[2].time_ms, 1'795'435'200'000) << "the request's time where it has none of its own";
  EXPECT_EQ(got.batch.events[2].revenue_micros, 4'990'000);
  EXPECT_EQ(got.batch.events[2].currency, "USD");
  EXPECT_FALSE(got.batch.events[3].revenue_micros) << "virtual currency is no money";
}

TEST(CountlyTest, MapsFactsCrashesConsentAndMerges) {
  const auto facts = request(R"(user_details={"name":"Ann","custom":{"guild":"red","coins":{"$inc":5}}})");
  EXPECT_THAT(facts.names(), ElementsAre("$set"));
  EXPECT_EQ(facts.properties(), R"({"$set":{"name":"Ann","guild":"red"},"changes":{"coins":{"$inc":5}}})");
  const auto crash = request(R"(crash={"_error":"boom","_nonfatal":false,"_os":"Linux"})");
  EXPECT_THAT(crash.names(), ElementsAre("crash"));
  EXPECT_EQ(crash.properties(), R"({"message":"boom","_nonfatal":false,"_os":"Linux","kind":"fatal"})");
  EXPECT_THAT(request(R"(crash={"_error":"x","_nonfatal":true})").names(), ElementsAre("error"));
  const auto consent = request(R"(consent={"sessions":true})");
  EXPECT_THAT(consent.names(), ElementsAre("consent"));
  EXPECT_EQ(consent.properties(), R"({"sessions":true})");
  const auto merged = request("old_device_id=anon-1");
  EXPECT_THAT(merged.names(), ElementsAre("$create_alias"));
  EXPECT_EQ(merged.properties(), R"({"alias":"anon-1"})");
  EXPECT_THAT(request("campaign_id=c1&campaign_user=u").names(), ElementsAre("campaign_conversion"));
  EXPECT_THAT(request("country_code=FR&city=Paris").names(), ElementsAre("$set"));
}

TEST(CountlyTest, SeveralPartsOfOneRequestAreSeveralEvents) {
  const auto got =
      request(R"(begin_session=1&user_details={"name":"A"}&events=[{"key":"a"},{"key":"a"}]&end_session=1)");
  EXPECT_THAT(got.names(), ElementsAre("session_start", "$set", "a", "a", "session_end"));
  EXPECT_NE(got.batch.events[2].id, got.batch.events[3].id) << "equal events of one request are two";
}

TEST(CountlyTest, TheIdIsOfDeviceTimeAndContent) {
  const std::string fields = R"(events=[{"key":"a","timestamp":1795435100000}])";
  const auto id = [](const Countly& got) { return got.batch.events.at(0).id; };
  EXPECT_EQ(id(request(fields)), id(request(fields + "&rr=2"))) << "a repeat";
  EXPECT_NE(id(request(fields)), id({"/i", "app_key=k&device_id=d2&" + fields}));
}

TEST(CountlyTest, ReadsBulk) {
  const auto got = Countly(
      "/i/bulk",
      R"(app_key=k&requests=[{"device_id":"d1","timestamp":1795435100,"begin_session":1,"metrics":{"_os":"iOS"}},)"
      R"({"device_id":"d2","timestamp":1795435100000,"events":[{"key":"a"},{"key":"b"}]},)"
      R"({"device_id":"d3","timestamp":1795435100,"events":"[{\"key\":\"c\"}]"},7])");
  EXPECT_EQ(got.key, "k");
  EXPECT_THAT(got.names(), ElementsAre("session_start", "a", "b", "c"));
  EXPECT_EQ(got.batch.events[0].platform, "iOS");
  EXPECT_EQ(got.batch.events[3].player, "d3");
  EXPECT_THAT(got.refused, ElementsAre("event_not_an_object"));
  EXPECT_EQ(Countly("/i/bulk", R"(requests=[{"app_key":"a"},{"app_key":"b"}])").code, "gm-key-unknown");
  EXPECT_EQ(Countly("/i/bulk", R"(requests=[{"app_key":"a","device_id":"d","begin_session":1}])").key, "a");
  EXPECT_EQ(Countly("/i/bulk", "requests=[{").code, "gm-key-missing");
  EXPECT_EQ(Countly("/i/bulk", "app_key=k&requests=[{").code, "gm-body-malformed");
  EXPECT_EQ(Countly("/i/bulk", "app_key=k").code, "gm-body-malformed");
}

TEST(CountlyTest, ReadsQueryFormAndMultipart) {
  EXPECT_THAT(Countly("/i", "", "app_key=k&device_id=d&begin_session=1").names(), ElementsAre("session_start"));
  EXPECT_THAT(Countly("/i", "begin_session=1", "app_key=k&device_id=d").names(), ElementsAre("session_start"));
  const Countly picture(
      "/i",
      "--XX\r\nContent-Disposition: form-data; name=\"app_key\"\r\n\r\nk\r\n"
      "--XX\r\nContent-Disposition: form-data; name=\"device_id\"\r\n\r\nd&1\r\n"
      "--XX\r\nContent-Disposition: form-data; name=\"user_details\"\r\n\r\n{\"name\":\"Ann\"}\r\n"
      "--XX\r\nContent-Disposition: form-data; name=\"user_picture\"; filename=\"a.png\"\r\n\r\n\x89PNG\r\n--XX--\r\n",
      "", "multipart/form-data; boundary=XX");
  EXPECT_EQ(picture.key, "k");
  EXPECT_THAT(picture.names(), ElementsAre("$set"));
  EXPECT_EQ(picture.batch.events[0].player, "d&1");
}

TEST(CountlyTest, WhatIsWrongIsKeptWithItsReason) {
  const std::pair<const char*, const char*> cases[] = {
      {"events=[{", "body_malformed"},
      {"events={}", "body_malformed"},
      {"events=[7]", "event_not_an_object"},
      {"events=[{}]", "event_name_missing"},
      {R"(events=[{"key":7}])", "event_name_invalid"},
      {R"(events=[{"key":"a","segmentation":[1]}])", "properties_invalid"},
      {R"(events=[{"key":"a","timestamp":"soon"}])", "event_time_invalid"},
      {R"(events=[{"key":"a","timestamp":86400}])", "event_time_too_old"},
      {"crash=x", "properties_invalid"},
      {"user_details=[]", "properties_invalid"},
      {"begin_session=0", "event_name_missing"},
      {"", "event_name_missing"}};
  for (const auto& [fields, tag] : cases) {
    const auto got = request(fields);
    EXPECT_THAT(got.refused, ElementsAre(tag)) << fields;
    EXPECT_TRUE(got.batch.events.empty()) << fields;
  }
  EXPECT_THAT(request("events=[]").refused, ElementsAre());
  EXPECT_EQ(request("crash=x").raws.at(0), R"({"device_id":"d1","timestamp":1795435200000,"crash":"x"})");
  EXPECT_THAT(Countly("/i", "app_key=k&begin_session=1").refused, ElementsAre("player_id_missing"));
  EXPECT_THAT(Countly("/i", "app_key=k&device_id=d&timestamp=x&begin_session=1").refused,
              ElementsAre("event_time_invalid"));
}

TEST(CountlyTest, TimesAreSecondsOrMilliseconds) {
  EXPECT_EQ(countly_time_ms("1795435200"), 1'795'435'200'000);
  EXPECT_EQ(countly_time_ms("1795435200.25"), 1'795'435'200'250);
  EXPECT_EQ(countly_time_ms("1795435200123"), 1'795'435'200'123);
  for (const char* bad : {"", "x", "-1", "nan", "inf", "1e300", "1795435200 "})
    EXPECT_FALSE(countly_time_ms(bad)) << bad;
}

TEST(CountlyTest, AnswersSuccessUnlessARepeatMayPass) {
  const std::pair<const char*, int> cases[] = {{"gm-overloaded", 503},           {"gm-log-unavailable", 503},
                                               {"gm-rate-limited", 429},         {"gm-key-unknown", 400},
                                               {"gm-key-missing", 400},          {"gm-key-wrong-kind", 400},
                                               {"gm-body-malformed", 200},       {"gm-body-too-large", 200},
                                               {"gm-encoding-unsupported", 200}, {"gm-decompression-limit", 200}};
  for (const auto& [code, status] : cases) {
    const auto answer = kDialect.refused({}, {code, "why"});
    EXPECT_EQ(answer.status, status) << code;
    EXPECT_EQ(answer.body, status == 200 ? R"({"result":"Success"})" : R"({"result":"why"})") << code;
  }
  EXPECT_EQ(kDialect.stored({request("begin_session=1").request, ""}, DecodedBatch({})).body,
            R"({"result":"Success"})");
}

TEST(CountlyTest, RemoteConfigurationIsEmptyAndNeedsNoKey) {
  const Countly got("/o/sdk", "", "method=fetch_remote_config&app_key=k");
  EXPECT_EQ(got.code, "");
  EXPECT_EQ(kDialect.credential({got.request, ""}).key, "");
  EXPECT_EQ(kDialect.stored({got.request, ""}, DecodedBatch({})).body, "{}");
}

TEST(CountlyTest, FormsBecomeJson) {
  EXPECT_EQ(form_as_json("a=1&b=x%20y+z&&=q&c"), R"({"a":"1","b":"x y z","c":""})");
  EXPECT_EQ(form_as_json("a=%zz&b=\"%FF"), "{\"a\":\"%zz\",\"b\":\"\\\"\xEF\xBF\xBD\"}");
  EXPECT_EQ(form_as_json(""), "{}");
}

}  // namespace
}  // namespace gm::event_ingestion
