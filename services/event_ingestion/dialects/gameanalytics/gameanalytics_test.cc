#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "lib/base/time.h"
#include "lib/codec/text_codecs.h"
#include "services/event_ingestion/dialects/gameanalytics/gameanalytics_dialect.h"
#include "services/event_ingestion/dialects/gameanalytics/gameanalytics_mapping.h"

namespace gm::event_ingestion {
namespace {

const int64_t kNow = *parse_iso8601_ms("2026-11-23T12:00:00Z");
const IngestSettings kSettings = IngestSettings::from(config::Settings::defaults());
constexpr std::string_view kGameKey = "5c6bcb5402204249437fb5a7a80a4959";
const GameAnalyticsDialect kDialect;

// A request with everything it views into.
struct Sent {
  std::string path, query, bytes, authorization;
  http::Request request;

  Sent(std::string request_path, std::string_view body, std::string request_query = "")
      : path(std::move(request_path)), query(std::move(request_query)), bytes(body) {
    bytes.resize(body.size() + http::kBodyPadding);
    request.method = http::Method::post;
    request.path = path;
    request.query = query;
    request.body = std::string_view(bytes).substr(0, body.size());
    request.received_ms = kNow;
    if (path.starts_with("/v2/")) request.path_parameters = {kGameKey};
  }
  Sent(const Sent&) = delete;
  Sent& operator=(const Sent&) = delete;
  Call call() const { return {request, request.body}; }
};

const std::string kEvents = "/v2/" + std::string(kGameKey) + "/events";
constexpr std::string_view kAnnotations =
    R"("v":2,"event_uuid":"6f2c0a10-0000-4000-8000-000000000001","user_id":"u-17","client_ts":1795435140,)"
    R"("sdk_version":"javascript 4.4.7","os_version":"ios 17.1","manufacturer":"apple","device":"iPhone15,2",)"
    R"("platform":"ios","session_id":"0b9e2b7c-0000-4000-8000-000000000002","session_num":3,"build":"1.4.2")";

std::string event_with(std::string_view fields) {
  return "[{" + std::string(kAnnotations) + "," + std::string(fields) + "}]";
}

// The one event of a request, read back as the processor would; or why there is none.
struct Read {
  std::string record;
  event::Batch batch;
  std::string wrong;
  const event::Event& event() const { return batch.events.at(0); }
  nlohmann::json properties() const { return nlohmann::json::parse(event().properties); }
};

Read read_body(std::string_view body) {
  const Sent sent(kEvents, body);
  auto decoded = kDialect.decode(sent.call(), kSettings);
  Read out;
  if (!decoded) {
    out.wrong = decoded.error().code;
    return out;
  }
  for (const auto& one : decoded->batch.refused) out.wrong += declaration_of(one.tag).name;
  out.record = std::move(decoded->batch.encoder).take();
  auto batch = event::decode_batch(out.record);
  EXPECT_TRUE(batch.ok());
  out.batch = std::move(*batch);
  return out;
}

Read read(std::string_view fields) { return read_body(event_with(fields)); }

TEST(GameAnalyticsTest, AnnotationsBecomeTheEventAndTheRestStays) {
  const auto got = read(R"("category":"user","custom_01":"ninja","custom_fields":{"a":1},"configurations":{"s":"7"})");
  ASSERT_EQ(got.wrong, "");
  const event::Event& e = got.event();
  EXPECT_EQ(e.name, "session_start");
  EXPECT_EQ(e.id.to_string(), "6f2c0a10-0000-4000-8000-000000000001");
  EXPECT_EQ(e.player, "u-17");
  EXPECT_EQ(e.session, "0b9e2b7c-0000-4000-8000-000000000002");
  EXPECT_EQ(e.time_ms, kNow - 60'000);
  EXPECT_EQ(e.platform, "ios");
  EXPECT_EQ(e.device, "iPhone15,2");
  EXPECT_EQ(e.build, "1.4.2");
  EXPECT_EQ(e.flags, 0);
  EXPECT_EQ(got.properties(), nlohmann::json::parse(R"({"category":"user","sdk_version":"javascript 4.4.7",
    "os_version":"ios 17.1","manufacturer":"apple","session_num":3,"custom_01":"ninja","custom_fields":{"a":1},
    "configurations":{"s":"7"}})"));
}

// What is left of the properties beside the annotations'.
nlohmann::json own(const Read& got) {
  nlohmann::json properties = got.properties();
  for (const char* name : {"category", "sdk_version", "os_version", "manufacturer", "session_num"})
    properties.erase(name);
  return properties;
}

struct Mapping {
  std::string fields, name, properties;
};

TEST(GameAnalyticsTest, EveryCategoryHasItsPlaceInTheGameModel) {
  const std::vector<Mapping> cases = {
      {R"("category":"session_end","length":61)", "session_end", R"({"seconds":61})"},
      {R"("category":"business","event_id":"boosts:rocket","amount":499,"currency":"USD","transaction_num":2,"cart_type":"shop","receipt_info":{"store":"apple"})",
       "purchase",
       R"({"product":"rocket","item_type":"boosts","transaction":2,"cart_type":"shop","receipt_info":{"store":"apple"}})"},
      {R"("category":"resource","event_id":"Sink:gold:boosts:life 1","amount":-12.5)", "economy_sink",
       R"({"currency":"gold","amount":12.5,"item_type":"boosts","item":"life 1"})"},
      {R"("category":"resource","event_id":"Sink:gold:boosts:life","amount":3)", "economy_sink",
       R"({"currency":"gold","amount":3,"item_type":"boosts","item":"life"})"},
      {R"("category":"resource","event_id":"Source:gems:iap:pack","amount":100)", "economy_source",
       R"({"currency":"gems","amount":100,"item_type":"iap","item":"pack"})"},
      {R"("category":"progression","event_id":"Start:world1:level3")", "level_start", R"({"level":"world1:level3"})"},
      {R"("category":"progression","event_id":"Fail:w:l:phase2","score":7)", "level_fail",
       R"({"level":"w:l:phase2","score":7})"},
      {R"("category":"progression","event_id":"Complete:w","score":9,"attempt_num":3)", "level_complete",
       R"({"level":"w","score":9,"attempt":3})"},
      {R"("category":"design","event_id":"Kill:Sword:Robot","value":1.5)", "Kill:Sword:Robot", R"({"value":1.5})"},
      {R"("category":"error","severity":"critical","message":"it \"broke\"")", "error",
       R"({"kind":"critical","message":"it \"broke\""})"},
      {R"("category":"ads","ad_sdk_name":"admob","ad_placement":"end","ad_type":"interstitial","ad_action":"show")",
       "ad_impression", R"({"placement":"end","format":"interstitial","network":"admob"})"},
      {R"("category":"ads","ad_sdk_name":"a","ad_placement":"p","ad_type":"banner","ad_action":"clicked")", "ad_click",
       R"({"placement":"p","format":"banner","network":"a"})"},
      {R"("category":"ads","ad_sdk_name":"a","ad_placement":"p","ad_type":"rewarded_video","ad_action":"reward_received","ad_duration":30)",
       "ad_reward", R"({"placement":"p","format":"rewarded_video","network":"a","ad_duration":30})"},
      {R"("category":"ads","ad_sdk_name":"a","ad_placement":"p","ad_type":"video","ad_action":"failed_show","ad_fail_show_reason":"no_fill")",
       "ad_fail", R"({"placement":"p","format":"video","network":"a","reason":"no_fill"})"},
      {R"("category":"ads","ad_sdk_name":"a","ad_placement":"p","ad_type":"video","ad_action":"loaded")", "ads",
       R"({"ad_action":"loaded","placement":"p","format":"video","network":"a"})"},
      {R"("category":"sdk_init")", "sdk_init", "{}"},
      {R"("category":"health","fps_data_table":[1,2])", "health", R"({"fps_data_table":[1,2]})"},
      {R"("category":"sdk_error","error_category":"event_validation","error_area":"design","reason":"a:b")", "error",
       R"({"kind":"event_validation","message":"a:b","error_area":"design"})"},
      {R"("category":"of_tomorrow","x":1)", "of_tomorrow", R"({"x":1})"},
  };
  for (const Mapping& one : cases) {
    const auto got = read(one.fields);
    ASSERT_EQ(got.wrong, "") << one.fields;
    EXPECT_EQ(got.event().name, one.name);
    EXPECT_EQ(own(got), nlohmann::json::parse(one.properties)) << one.fields;
  }
}

TEST(GameAnalyticsTest, CentsBecomeMoney) {
  const auto got = read(R"("category":"business","event_id":"a:b","amount":499,"currency":"USD")");
  EXPECT_EQ(got.event().revenue_micros, 4'990'000);
  EXPECT_EQ(got.event().currency, "USD");
  EXPECT_EQ(read(R"("category":"business","event_id":"a:b","amount":0,"currency":"EUR")").event().revenue_micros, 0);
  EXPECT_EQ(read(R"("category":"business","event_id":"a:b","amount":1,"currency":"EUR")").event().revenue_micros,
            10'000);
}

TEST(GameAnalyticsTest, AnImpressionBringsItsRevenue) {
  const auto got = read(
      R"("category":"impression","ad_network_name":"max","impression_data":{"publisher_revenue":0.00005,"currency":"USD","adunit_format":"Fullscreen","country":"DK"})");
  ASSERT_EQ(got.wrong, "");
  EXPECT_EQ(got.event().name, "ad_impression");
  EXPECT_EQ(got.event().revenue_micros, 50);
  EXPECT_EQ(got.event().currency, "USD");
  EXPECT_EQ(own(got)["format"], "Fullscreen");
  EXPECT_EQ(own(got)["network"], "max");
  EXPECT_EQ(own(got)["impression_data"]["country"], "DK");
  const auto plain = read(R"("category":"impression","ad_network_name":"max","impression_data":{"revenue":0.1})");
  EXPECT_FALSE(plain.event().revenue_micros) << "money without a currency is none";
}

TEST(GameAnalyticsTest, RulesOfTheCategories) {
  for (
      const std::string_view fields : {
          R"("category":"session_end")",
          R"("category":"session_end","length":-1)",
          R"("category":"session_end","length":"61")",
          R"("category":"business","event_id":"only","amount":1,"currency":"USD")",
          R"("category":"business","event_id":"a:b:c","amount":1,"currency":"USD")",
          R"("category":"business","event_id":"a:b","amount":-1,"currency":"USD")",
          R"("category":"business","event_id":"a:b","amount":4.99,"currency":"USD")",
          R"("category":"business","event_id":"a:b","amount":1e2,"currency":"USD")",
          R"("category":"business","event_id":"a:b","amount":99999999999,"currency":"USD")",
          R"("category":"business","event_id":"a:b","amount":1,"currency":"US1")",
          R"("category":"business","event_id":"a:b","amount":1)",
          R"("category":"business","event_id":"a:b","amount":1,"currency":"USD","cart_type":"123456789012345678901234567890123")",
          R"("category":"resource","event_id":"Take:gold:a:b","amount":1)",
          R"("category":"resource","event_id":"Sink:gold:a","amount":1)",
          R"("category":"resource","event_id":"Sink:go1d:a:b","amount":1)",
          R"("category":"resource","event_id":"Source:gold:a:b","amount":-1)",
          R"("category":"resource","event_id":"Source:gold:a:b","amount":-0.0)",
          R"("category":"resource","event_id":"Source:gold:a:b","amount":1e999)",
          R"("category":"progression","event_id":"Start")",
          R"("category":"progression","event_id":"Begin:1")",
          R"("category":"progression","event_id":"Start:a:b:c:d")",
          R"("category":"progression","event_id":"Start:a","score":"7")",
          R"("category":"design","event_id":"")",
          R"("category":"design","event_id":"a::b")",
          R"("category":"design","event_id":"a:b:c:d:e:f")",
          R"("category":"design","event_id":"a/b")",
          R"("category":"design","event_id":7)",
          R"("category":"design","event_id":"a","value":"1")",
          R"("category":"error","severity":"fatal","message":"x")",
          R"("category":"error","message":"x")",
          R"("category":"ads","ad_sdk_name":"a","ad_placement":"p","ad_type":"banner")",
          R"("category":"ads","ad_placement":"p","ad_type":"banner","ad_action":"show")",
          R"("category":"impression","impression_data":{})",
          R"("category":"impression","ad_network_name":"x","impression_data":7)",
          R"("category":"sdk_error")",
      }) {
    EXPECT_EQ(read(fields).wrong, "field_invalid") << fields;
  }
}

TEST(GameAnalyticsTest, ALongDesignIdIsCutAtAColonAndKeptWhole) {
  const std::string part(64, 'x');
  const std::string id = part + ":" + part + ":" + part + ":" + part + ":" + part;
  const auto got = read(R"("category":"design","event_id":")" + id + "\"");
  EXPECT_EQ(got.event().name, part + ":" + part + ":" + part);
  EXPECT_EQ(own(got)["event_id"], id);
}

TEST(GameAnalyticsTest, AnEventWithoutTimeOrIdIsTaken) {
  const auto got = read_body(R"([{"category":"user","user_id":"u","client_ts":null}])");
  ASSERT_EQ(got.wrong, "");
  EXPECT_EQ(got.event().time_ms, kNow);
  EXPECT_EQ(got.event().flags, event::kTimeAbsent | event::kIdDerived);
}

TEST(GameAnalyticsTest, WrongAnnotationsRefuseTheEvent) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"([{"user_id":"u"}])", "event_name_missing"},
      {R"([{"category":7,"user_id":"u"}])", "event_name_invalid"},
      {R"([{"category":"user"}])", "player_id_missing"},
      {R"([{"category":"user","user_id":9}])", "player_id_invalid"},
      {R"([{"category":"user","user_id":"null"}])", "player_id_refused"},
      {R"([{"category":"user","user_id":"u","event_uuid":9}])", "event_id_invalid"},
      {R"([{"category":"user","user_id":"u","client_ts":"2026"}])", "event_time_invalid"},
      {R"([{"category":"user","user_id":"u","client_ts":1.5}])", "event_time_invalid"},
      {R"([{"category":"user","user_id":"u","client_ts":-1}])", "event_time_invalid"},
      {R"([{"category":"user","user_id":"u","client_ts":100000000000}])", "event_time_invalid"},
      {R"([{"category":"user","user_id":"u","client_ts":0}])", "event_time_too_old"},
      {R"([{"category":"user","user_id":"u","session_id":1}])", "field_invalid"},
      {R"([{"category":"user","user_id":"u","x":"\ud83d"}])", "text_invalid"},
      {R"([7])", "event_not_an_object"},
      {R"([])", "gm-batch-empty"},
      {R"({"category":"user"})", "gm-body-malformed"},
      {R"([{"category":"user"}] x)", "gm-body-malformed"},
      {R"([{"category")", "gm-body-malformed"},
  };
  for (const auto& [body, wrong] : cases) EXPECT_EQ(read_body(body).wrong, wrong) << body;
}

TEST(GameAnalyticsTest, TheSignatureIsTheOneOfTheDocumentation) {
  // The public pair of GameAnalytics' sandbox, and the example body and signature of its documentation.
  Sent sent(kEvents, R"({"test": "test"})");
  sent.request.headers.emplace_back("Authorization", "slnR8CKJtKtFDaESSrqnqQeUvp5FaVV7d5XHxt50N5A=");
  const auto credential = kDialect.credential(sent.call());
  EXPECT_EQ(credential.key, kGameKey);
  const security::KeyRing keys({{security::hash_key(kGameKey),
                                 {ProjectId::from_stored(1), security::KeyKind::gameanalytics, 1},
                                 "16813a12f718bc5c620f56944e1abc3ea13ccbac"}});
  EXPECT_TRUE(keys.authenticate(credential).ok());
  sent.bytes[2] = 'T';
  EXPECT_EQ(keys.authenticate(kDialect.credential(sent.call())).error().code, "gm-signature-wrong");
}

TEST(GameAnalyticsTest, ASignatureIsAskedForAndReadAsBase64) {
  Sent sent(kEvents, "[]");
  EXPECT_EQ(kDialect.credential(sent.call()).signature, "");
  sent.request.headers.emplace_back("Authorization", "not base64!");
  EXPECT_EQ(kDialect.credential(sent.call()).signature, "not base64!");
}

TEST(GameAnalyticsTest, TheKeyOfAQuestionForConfigurationIsInItsQuery) {
  const Sent sent("/remote_configs/v1/init", "{}", "game_key=" + std::string(kGameKey) + "&interval_seconds=0");
  EXPECT_EQ(kDialect.credential(sent.call()).key, kGameKey);
}

std::string stored(std::string path, std::string_view body, std::string query = "", int* status = nullptr) {
  const Sent sent(std::move(path), body, std::move(query));
  const auto decoded = kDialect.decode(sent.call(), kSettings);
  EXPECT_TRUE(decoded.ok());
  const http::Response response = kDialect.stored(sent.call(), decoded->batch);
  if (status != nullptr) *status = response.status;
  return response.body;
}

TEST(GameAnalyticsTest, InitIsAnsweredWithTheTime) {
  int status = 0;
  EXPECT_EQ(stored("/remote_configs/v1/init", "{}", "configs_hash=", &status), R"({"server_ts":1795435200})");
  EXPECT_EQ(status, 200);
  EXPECT_EQ(stored("/remote_configs/v1/init", "{}", "configs_hash=old", &status),
            R"({"server_ts":1795435200,"configs":[],"configs_hash":"","ab_id":"","ab_variant_id":""})");
  EXPECT_EQ(status, 201);
  EXPECT_EQ(stored("/v2/" + std::string(kGameKey) + "/init", "{}", "", &status),
            R"({"server_ts":1795435200,"enabled":true,"flags":[]})");
  EXPECT_EQ(status, 200);
}

TEST(GameAnalyticsTest, StoredIsAnEmptyObjectAndBadEventsAreListed) {
  int status = 0;
  EXPECT_EQ(stored(kEvents, event_with(R"("category":"user")"), "", &status), "{}");
  EXPECT_EQ(status, 200);
  const auto body =
      nlohmann::json::parse(stored(kEvents, R"([{"category":"user","user_id":"u"},{"category":"user"}])", "", &status));
  EXPECT_EQ(status, 400);
  ASSERT_EQ(body.size(), 1u);
  EXPECT_EQ(body[0]["index"], 1);
  EXPECT_EQ(body[0]["errors"][0]["error_type"], "player_id_missing");
}

TEST(GameAnalyticsTest, AnSdksReportAboutItselfIsKeptAndAcknowledged) {
  int status = 0;
  EXPECT_EQ(stored(kEvents, R"([{"category":"sdk_error","error_category":"init","event_uuid":"a"}])", "", &status),
            "{}");
  EXPECT_EQ(status, 200);
}

TEST(GameAnalyticsTest, OnlyWhatMayPassIsAnsweredWithNothing) {
  const std::vector<std::pair<std::string, int>> passing = {
      {"gm-overloaded", 503}, {"gm-log-unavailable", 503}, {"gm-rate-limited", 429}, {"gm-request-timeout", 408}};
  for (const auto& [code, status] : passing) {
    const auto response = kDialect.refused({}, {code, "text"});
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(response.body, "") << code;
  }
  const std::vector<std::pair<std::string, int>> final = {{"gm-key-unknown", 401},     {"gm-key-wrong-kind", 401},
                                                          {"gm-signature-wrong", 401}, {"gm-signature-missing", 401},
                                                          {"gm-batch-too-large", 413}, {"gm-body-malformed", 400},
                                                          {"gm-batch-empty", 400},     {"gm-body-too-large", 413}};
  for (const auto& [code, status] : final) {
    const auto response = kDialect.refused({}, {code, "text"});
    EXPECT_EQ(response.status, status);
    const auto body = nlohmann::json::parse(response.body);
    EXPECT_EQ(body.is_array(), status == 400) << code;
    EXPECT_NE(response.body.find(code), std::string::npos);
  }
}

}  // namespace
}  // namespace gm::event_ingestion
