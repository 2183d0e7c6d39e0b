#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "lib/base/time.h"
#include "services/event_ingestion/dialects/aws_game/aws_game_dialect.h"

namespace gm::event_ingestion {
namespace {

using nlohmann::json;

const int64_t kNow = *parse_iso8601_ms("2026-11-23T12:00:00Z");
constexpr const char* kId = "0192f3a4-0000-4000-8000-000000000001";

struct Outcome {
  std::string error, key;
  std::vector<std::string> refused;
  std::string record;
  event::Batch batch;
  json answer;
};

Outcome decode(std::string body, const char* authorization = "gm_wk_1") {
  const size_t size = body.size();
  body.resize(size + http::kBodyPadding);
  http::Request request;
  request.headers = {{"Authorization", authorization}};
  request.received_ms = kNow;
  request.path_parameters = {"app-1"};
  const Call call{request, std::string_view(body).substr(0, size)};
  const AwsGameDialect dialect;
  Outcome out;
  out.key = dialect.credential(call).key;
  auto decoded = dialect.decode(call, IngestSettings::from(config::Settings::defaults()));
  if (!decoded) {
    out.error = decoded.error().code;
    return out;
  }
  for (const auto& one : decoded->batch.refused) out.refused.emplace_back(declaration_of(one.tag).name);
  out.answer = json::parse(dialect.stored(call, decoded->batch).body);
  out.record = std::move(decoded->batch.encoder).take();
  out.batch = *event::decode_batch(out.record);
  return out;
}

json event_with(const json& more, const json& data = json::object()) {
  json event = {{"event_id", kId},
                {"event_type", "t"},
                {"event_name", "n"},
                {"event_timestamp", 1795430000},
                {"event_version", "1.0.0"},
                {"app_version", "1.2.0"},
                {"event_data", {{"player_id", "p-1"}}}};
  event["event_data"].update(data);
  if (more.is_object()) event.update(more);
  return event;
}
Outcome one(const json& event) { return decode(json({{"events", {event}}}).dump()); }

TEST(AwsGameTest, AnEventOfTheSampleGameBecomesOneOfTheGameModel) {
  const Outcome out = one(event_with(
      {{"event_type", "level_completed"}, {"event_name", "level_completed"}},
      {{"level_id", "3"}, {"level_version", 2}, {"country_id", "JAPAN"}, {"platform", "ps4"}, {"session_id", "s"}}));
  ASSERT_EQ(out.batch.events.size(), 1u) << out.error;
  const event::Event& event = out.batch.events[0];
  EXPECT_EQ(event.name, "level_complete");
  EXPECT_EQ(event.player, "p-1");
  EXPECT_EQ(event.id.to_string(), kId);
  EXPECT_EQ(event.time_ms, 1'795'430'000'000);
  EXPECT_EQ(event.build, "1.2.0");
  EXPECT_EQ(event.country, "JAPAN");
  EXPECT_EQ(event.platform, "ps4");
  EXPECT_EQ(event.session, "s");
  EXPECT_EQ(json::parse(event.properties), json::parse(R"({"level":"3","level_id":"3","level_version":2,
    "country_id":"JAPAN","platform":"ps4","player_id":"p-1","session_id":"s","event_name":"level_completed",
    "event_type":"level_completed","event_version":"1.0.0","application_id":"app-1"})"));
  EXPECT_EQ(out.answer, json::parse(R"({"Total":1,"FailedRecordCount":0,"Events":[{"Result":"Ok"}]})"));
}

TEST(AwsGameTest, TheNameSaysMoreThanTheTypeUnlessTheTypeIsOfTheModel) {
  const auto name = [](const char* type, const char* called) {
    return std::string(one(event_with({{"event_type", type}, {"event_name", called}})).batch.events.at(0).name);
  };
  EXPECT_EQ(name("match", "match_start"), "match_start");
  EXPECT_EQ(name("iap_transaction", "gem_pack"), "purchase");
  EXPECT_EQ(name("anything", "login"), "session_start");
  EXPECT_EQ(name("boss_fight", ""), "boss_fight");
}

TEST(AwsGameTest, APurchaseIsMoney) {
  const auto paid = [](const char* type, const json& data) {
    return one(event_with({{"event_type", type}}, data)).batch.events.at(0);
  };
  const auto text = [&](const char* type, const json& data) {
    const Outcome out = one(event_with({{"event_type", type}}, data));
    const event::Event& event = out.batch.events.at(0);
    return std::to_string(event.revenue_micros.value_or(-1)) + std::string(event.currency);
  };
  EXPECT_EQ(text("iap_transaction", {{"currency_amount", 4.99}, {"currency_type", "USD"}}), "4990000USD");
  EXPECT_EQ(text("iap_transaction", {{"currency_amount", 7}, {"currency_type", "YEN"}}), "7000000JPY");
  EXPECT_EQ(text("iap_transaction", {{"currency_amount", 7}, {"currency_type", "gems"}}), "-1");
  EXPECT_EQ(paid("item_bought", {{"currency_amount", 7}, {"currency_type", "USD"}}).revenue_micros, std::nullopt);
}

TEST(AwsGameTest, TimesAreSecondsAndMillisecondsAreToldBySize) {
  const auto time = [](const json& sent) {
    const Outcome out = one(event_with({{"event_timestamp", sent}}));
    return out.batch.events.empty() ? -1 : out.batch.events[0].time_ms;
  };
  EXPECT_EQ(time(1795430000), 1'795'430'000'000);
  EXPECT_EQ(time(1795430000.5), 1'795'430'000'500);
  EXPECT_EQ(time(1795430000123), 1'795'430'000'123);
  EXPECT_EQ(time("1795430000"), 1'795'430'000'000);
  EXPECT_EQ(time("2026-11-23T11:00:00Z"), *parse_iso8601_ms("2026-11-23T11:00:00Z"));
  EXPECT_EQ(time(nullptr), kNow);
  EXPECT_EQ(time(-5), -1);
  EXPECT_EQ(time("soon"), -1);
}

TEST(AwsGameTest, ABadEventFailsAloneAndIsNamedInItsPlace) {
  const Outcome out = decode(json({{"events", {event_with({}), 5, event_with({{"event_id", 7}})}}}).dump());
  EXPECT_EQ(out.batch.events.size(), 1u);
  EXPECT_EQ(out.answer["Total"], 3);
  EXPECT_EQ(out.answer["FailedRecordCount"], 2);
  EXPECT_EQ(out.answer["Events"][0]["Result"], "Ok");
  EXPECT_EQ(out.answer["Events"][1]["ErrorCode"], "event_not_an_object");
  EXPECT_EQ(out.answer["Events"][2]["ErrorCode"], "event_id_invalid");
}

TEST(AwsGameTest, WithoutAPlayerThereIsNoEvent) {
  json event = event_with({});
  event.erase("event_data");
  EXPECT_EQ(one(event).refused, std::vector<std::string>{"player_id_missing"});
}

TEST(AwsGameTest, WhatTheSchemaDoesNotHaveIsKept) {
  const Outcome out = one(event_with({{"extra", {{"a", 1}}}}));
  EXPECT_EQ(json::parse(out.batch.events.at(0).properties)["unknown"]["extra"]["a"], 1);
}

TEST(AwsGameTest, TheKeyIsTheWholeHeaderOrABearer) {
  EXPECT_EQ(decode("{}", "gm_wk_1").key, "gm_wk_1");
  EXPECT_EQ(decode("{}", "Bearer gm_wk_2").key, "gm_wk_2");
}

TEST(AwsGameTest, WholeRequestErrors) {
  EXPECT_EQ(decode("{").error, "gm-body-malformed");
  EXPECT_EQ(decode("[]").error, "gm-body-malformed");
  EXPECT_EQ(decode("{}").error, "gm-body-malformed");
  EXPECT_EQ(decode(R"({"events":[]})").error, "gm-batch-empty");
}

struct Situation {
  const char* code;
  int status;
  const char* word;
};
class AwsGameRefusal : public testing::TestWithParam<Situation> {};

TEST_P(AwsGameRefusal, IsSaidInTheGatewaysWords) {
  const auto answer = AwsGameDialect().refused({}, {GetParam().code, "why"});
  EXPECT_EQ(answer.status, GetParam().status);
  EXPECT_EQ(json::parse(answer.body), json({{"error", GetParam().word}, {"error_detail", "why"}}));
}

INSTANTIATE_TEST_SUITE_P(Situations, AwsGameRefusal,
                         testing::Values(Situation{"gm-overloaded", 503, "InternalFailure"},
                                         Situation{"gm-rate-limited", 429, "TooManyRequests"},
                                         Situation{"gm-body-too-large", 413, "BadRequest"},
                                         Situation{"gm-key-unknown", 401, "AccessDenied"},
                                         Situation{"gm-key-wrong-kind", 403, "AccessDenied"},
                                         Situation{"gm-body-malformed", 400, "BadRequest"}));

}  // namespace
}  // namespace gm::event_ingestion
