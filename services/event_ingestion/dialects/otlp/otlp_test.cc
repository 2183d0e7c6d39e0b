#include <gtest/gtest.h>

#include <bit>
#include <nlohmann/json.hpp>

#include "lib/base/time.h"
#include "lib/codec/protobuf_wire.h"
#include "services/event_ingestion/dialects/otlp/otlp_dialect.h"

namespace gm::event_ingestion {
namespace {

using codec::append_protobuf_bytes;
using codec::append_protobuf_integer;
using nlohmann::json;

const int64_t kNow = *parse_iso8601_ms("2026-11-23T12:00:00Z");
constexpr uint64_t kTimeNs = 1'795'430'000'123'456'789;  // 2026-11-23T08:53:20.123Z
constexpr const char* kJsonType = "application/json";
constexpr const char* kProtobufType = "application/x-protobuf";

// --- messages of protobuf, put together by hand ---
std::string field(uint32_t number, std::string_view bytes) {
  std::string out;
  append_protobuf_bytes(out, number, bytes);
  return out;
}
std::string varint(uint32_t number, uint64_t value) {
  std::string out;
  append_protobuf_integer(out, number, value);
  return out;
}
std::string fixed64(uint32_t number, uint64_t value) {
  std::string out(1, static_cast<char>(number << 3 | 1));
  for (int i = 0; i < 8; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}
std::string text_value(std::string_view text) { return field(1, text); }
std::string key_value(std::string_view key, std::string_view any) { return field(1, key) + field(2, any); }
std::string attribute(std::string_view key, std::string_view any) { return field(6, key_value(key, any)); }
std::string request(std::string_view record, std::string_view resource = "") {
  const std::string scope = field(1, field(1, "game") + field(2, "2"));
  return field(1, field(2, scope + field(2, record)) + (resource.empty() ? "" : field(1, resource)));
}
std::string plain_record(std::string_view more) {
  return fixed64(1, kTimeNs) + field(12, "level_start") + attribute("user.id", text_value("p-1")) + std::string(more);
}

struct Outcome {
  std::string error;
  std::vector<std::string> refused;
  std::string record;
  event::Batch batch;
  http::Response answer;
};

Outcome decode(std::string body, const char* type, const IngestSettings& settings) {
  const size_t size = body.size();
  body.resize(size + http::kBodyPadding);
  http::Request request;
  request.headers = {{"Content-Type", type}, {"Authorization", "Bearer k"}};
  request.received_ms = kNow;
  const Call call{request, std::string_view(body).substr(0, size)};
  const OtlpDialect dialect;
  auto decoded = dialect.decode(call, settings);
  Outcome out;
  if (!decoded) {
    out.error = decoded.error().code;
    return out;
  }
  EXPECT_EQ(decoded->credential.key, "k");
  for (const auto& one : decoded->batch.refused) out.refused.emplace_back(declaration_of(one.tag).name);
  out.answer = dialect.stored(call, decoded->batch);
  out.record = std::move(decoded->batch.encoder).take();
  out.batch = *event::decode_batch(out.record);
  return out;
}
Outcome decode(std::string body, const char* type) {
  return decode(std::move(body), type, IngestSettings::from(config::Settings::defaults()));
}
Outcome decode_record(const std::string& record_json) {
  return decode(R"({"resourceLogs":[{"scopeLogs":[{"logRecords":[)" + record_json + "]}]}]}", kJsonType);
}

constexpr std::string_view kJsonBody = R"({"resourceLogs":[{
  "scopeLogs":[{"logRecords":[{"timeUnixNano":"1795430000123456789","severityNumber":9,"severityText":"INFO",
    "eventName":"level_start","traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174","unknown":{"a":[1]},
    "body":{"kvlistValue":{"values":[{"key":"level","value":{"intValue":"7"}}]}},
    "attributes":[{"key":"user.id","value":{"stringValue":"p-1"}},{"key":"session.id","value":{"stringValue":"s-1"}},
      {"key":"log.record.uid","value":{"stringValue":"0192f3a4-0000-7000-8000-000000000001"}},
      {"key":"deep","value":{"arrayValue":{"values":[{"doubleValue":1.5},{"boolValue":true},{},{"kvlistValue":{"values":[{"key":"x","value":{"stringValue":"a\nb"}}]}}]}}}]}],
    "scope":{"name":"game","version":"2"}}],
  "resource":{"attributes":[{"key":"service.version","value":{"stringValue":"1.4.2"}},{"key":"os.name","value":{"stringValue":"ios"}},
    {"key":"device.model.identifier","value":{"stringValue":"iPhone15,2"}}]}}]})";

TEST(OtlpTest, JsonRecordBecomesAnEventWithEverythingItCarried) {
  const Outcome out = decode(std::string(kJsonBody), kJsonType);
  ASSERT_EQ(out.batch.events.size(), 1u) << out.error;
  const event::Event& event = out.batch.events[0];
  EXPECT_EQ(event.name, "level_start");
  EXPECT_EQ(event.player, "p-1");
  EXPECT_EQ(event.session, "s-1");
  EXPECT_EQ(event.id.to_string(), "0192f3a4-0000-7000-8000-000000000001");
  EXPECT_EQ(event.time_ms, 1'795'430'000'123);
  EXPECT_EQ(event.platform, "ios");
  EXPECT_EQ(event.device, "iPhone15,2");
  EXPECT_EQ(event.build, "1.4.2");
  const json properties = json::parse(event.properties);
  EXPECT_EQ(properties["level"], 7);
  EXPECT_EQ(properties["deep"], json::parse(R"([1.5,true,null,{"x":"a\nb"}])"));
  EXPECT_EQ(properties["severity_text"], "INFO");
  EXPECT_EQ(properties["trace_id"], "5B8EFFF798038103D269B633813FC60C");
  EXPECT_EQ(properties["scope_name"], "game");
  EXPECT_EQ(properties["resource"]["service.version"], "1.4.2");
  EXPECT_EQ(out.answer.body, "{}");
}

TEST(OtlpTest, ProtobufSaysTheSameAsJson) {
  const std::string record =
      fixed64(1, kTimeNs) + varint(2, 9) + field(3, "INFO") + field(12, "level_start") + field(9, "\x5B\x8E\xFF\xF7") +
      varint(77, 1) + field(5, field(6, field(1, key_value("level", varint(3, 7))))) +
      attribute("user.id", text_value("p-1")) + attribute("minus", varint(3, static_cast<uint64_t>(-5))) +
      attribute("yes", varint(2, 1)) + attribute("half", fixed64(4, std::bit_cast<uint64_t>(0.5))) +
      attribute("nan", fixed64(4, std::bit_cast<uint64_t>(__builtin_nan("")))) +
      attribute("bytes", field(7, "\x01\x02")) + attribute("none", "") +
      attribute("deep", field(5, field(1, varint(3, 1)) + field(1, "") +
                                     field(1, field(6, field(1, key_value("x", text_value("a\nb")))))));
  const Outcome out = decode(request(record, field(1, key_value("os.name", text_value("ios")))), kProtobufType);
  ASSERT_EQ(out.batch.events.size(), 1u) << out.error;
  const event::Event& event = out.batch.events[0];
  EXPECT_EQ(event.name, "level_start");
  EXPECT_EQ(event.player, "p-1");
  EXPECT_EQ(event.time_ms, 1'795'430'000'123);
  EXPECT_EQ(event.platform, "ios");
  EXPECT_EQ(json::parse(event.properties), json::parse(R"({"user.id":"p-1","minus":-5,"yes":true,"half":0.5,"nan":"NaN",
    "bytes":"AQI=","deep":[1,null,{"x":"a\nb"}],"level":7,"severity_text":"INFO","severity_number":9,"trace_id":"5b8efff7",
    "scope_name":"game","scope_version":"2","resource":{"os.name":"ios"}})"));
  EXPECT_EQ(out.answer.content_type, kProtobufType);
  EXPECT_EQ(out.answer.body, "");
}

TEST(OtlpTest, ARepeatHasTheSameIdAndAnotherResourceAnotherOne) {
  const auto id = [](const std::string& player) {
    return decode(request(fixed64(1, kTimeNs) + field(12, "tick"), field(1, key_value("user.id", text_value(player)))),
                  kProtobufType)
        .batch.events.at(0)
        .id;
  };
  EXPECT_EQ(id("p-1"), id("p-1"));
  EXPECT_NE(id("p-1"), id("p-2"));
}

TEST(OtlpTest, ThePlayerIsTheFirstOfTheNamesAndOfTheRecordBeforeTheResource) {
  const auto player = [](const std::string& record, const std::string& resource) {
    const Outcome out = decode(request(fixed64(1, kTimeNs) + field(12, "tick") + record, resource), kProtobufType);
    return out.batch.events.empty() ? std::string() : std::string(out.batch.events[0].player);
  };
  const auto in_resource = [](const char* key, const char* value) {
    return field(1, key_value(key, text_value(value)));
  };
  EXPECT_EQ(player(attribute("session.id", text_value("s")), in_resource("device.id", "d")), "d");
  EXPECT_EQ(player(attribute("session.id", text_value("s")), ""), "s");
  EXPECT_EQ(player(attribute("user.id", text_value("u")), in_resource("user.id", "r")), "u");
  EXPECT_EQ(player(attribute("user.id", text_value("u")), in_resource("player.id", "p")), "p");
  EXPECT_EQ(player(attribute("user.id", varint(3, 42)), ""), "42");
}

TEST(OtlpTest, NamesOfTheConventionsBecomeOurs) {
  const auto name = [](const char* sent) {
    const Outcome out = decode(request(fixed64(1, kTimeNs) + attribute("event.name", text_value(sent)) +
                                       attribute("user.id", text_value("p"))),
                               kProtobufType);
    return std::string(out.batch.events.at(0).name);
  };
  EXPECT_EQ(name("session.start"), "session_start");
  EXPECT_EQ(name("app.crash"), "crash");
  EXPECT_EQ(name("economy_sink"), "economy_sink");
}

TEST(OtlpTest, ALogLineIsNoEventUnlessItSaysThatSomethingWentWrong) {
  const auto line = [](int severity) {
    return decode_record(R"({"timeUnixNano":1795430000123456789,"severityNumber":)" + std::to_string(severity) +
                         R"(,"severityText":"S","body":{"stringValue":"texture lost"},)" +
                         R"("attributes":[{"key":"user.id","value":{"stringValue":"p"}}]})");
  };
  EXPECT_EQ(line(9).refused, std::vector<std::string>{"event_name_missing"});
  EXPECT_EQ(line(21).batch.events.at(0).name, "crash");
  const Outcome error = line(17);
  ASSERT_EQ(error.batch.events.at(0).name, "error");
  const json properties = json::parse(error.batch.events[0].properties);
  EXPECT_EQ(properties["kind"], "S");
  EXPECT_EQ(properties["message"], "texture lost");
  EXPECT_EQ(properties["body"], "texture lost");
}

TEST(OtlpTest, MoneyNeedsAnAmountAndACurrency) {
  const auto paid = [](const std::string& more) {
    return decode(request(plain_record(more)), kProtobufType).batch.events.at(0).revenue_micros;
  };
  EXPECT_EQ(
      paid(attribute("revenue", fixed64(4, std::bit_cast<uint64_t>(4.99))) + attribute("currency", text_value("usd"))),
      4'990'000);
  EXPECT_EQ(paid(attribute("revenue", text_value("0.01")) + attribute("currency", text_value("EUR"))), 10'000);
  EXPECT_EQ(paid(attribute("revenue", text_value("1"))), std::nullopt);
}

TEST(OtlpTest, AbsentTimeIsTheObservedOneThenThatOfReceipt) {
  const std::string who = field(12, "tick") + attribute("user.id", text_value("p"));
  EXPECT_EQ(decode(request(fixed64(11, kTimeNs) + who), kProtobufType).batch.events.at(0).time_ms, 1'795'430'000'123);
  const Outcome out = decode(request(who), kProtobufType);
  EXPECT_EQ(out.batch.events.at(0).time_ms, kNow);
  EXPECT_EQ(out.batch.events[0].flags & event::kTimeAbsent, event::kTimeAbsent);
}

TEST(OtlpTest, ABadRecordFailsAloneAndIsAnsweredAsPartialSuccess) {
  const std::string good = field(2, plain_record(""));
  const std::string bad = field(2, fixed64(1, kTimeNs) + field(12, "tick"));
  const std::string body = field(1, field(2, good + bad + good));
  const Outcome out = decode(body, kProtobufType);
  EXPECT_EQ(out.batch.events.size(), 2u);
  codec::ProtobufReader response(out.answer.body);
  ASSERT_TRUE(response.next());
  ASSERT_TRUE(response.is(1, codec::WireType::bytes));
  codec::ProtobufReader partial(response.bytes());
  ASSERT_TRUE(partial.next());
  EXPECT_EQ(partial.integer(), 1u);
  ASSERT_TRUE(partial.next());
  EXPECT_TRUE(partial.bytes().starts_with("1 player_id_missing"));

  const Outcome as_json = decode_record(R"({"eventName":"tick"},5)");
  EXPECT_EQ(
      as_json.answer.body,
      R"({"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"1 event_not_an_object, 1 player_id_missing; )"
      R"(they are kept among the rejected events"}})");
}

TEST(OtlpTest, BytesThatAreNoUtf8SpoilTheirRecordOnly) {
  EXPECT_EQ(decode(request(plain_record(attribute("x", text_value("\xFF")))), kProtobufType).refused,
            std::vector<std::string>{"text_invalid"});
  EXPECT_EQ(decode(request(plain_record(attribute("\xC0\xAF", text_value("x")))), kProtobufType).refused,
            std::vector<std::string>{"text_invalid"});
}

TEST(OtlpTest, NestingAndNumberOfAttributesAreBounded) {
  std::string deep = varint(3, 1);
  std::string deep_json = R"({"intValue":1})";
  for (int i = 0; i < 5000; ++i) deep = field(5, field(1, deep));
  for (int i = 0; i < 200; ++i) deep_json = R"({"arrayValue":{"values":[)" + deep_json + "]}}";
  EXPECT_EQ(decode(request(plain_record(attribute("x", deep))), kProtobufType).refused,
            std::vector<std::string>{"event_too_deep"});
  EXPECT_EQ(decode_record(R"({"eventName":"a","attributes":[{"key":"x","value":)" + deep_json + "}]}").refused,
            std::vector<std::string>{"event_too_deep"});
  std::string many;
  for (int i = 0; i < 600; ++i) many += attribute("k" + std::to_string(i), varint(3, 1));
  EXPECT_EQ(decode(request(plain_record(many)), kProtobufType).refused,
            std::vector<std::string>{"event_properties_too_many"});
  std::string members;
  for (int i = 0; i < 600; ++i) members += field(1, key_value("k" + std::to_string(i), varint(3, 1)));
  EXPECT_EQ(decode(request(plain_record(attribute("x", field(6, members)))), kProtobufType).refused,
            std::vector<std::string>{"event_properties_too_many"});
}

// It would be repeated in every event: a small body would become a large record.
TEST(OtlpTest, ALargeResourceRefusesItsRecords) {
  const std::string resource = field(1, key_value("x", text_value(std::string(20'000, 'x'))));
  EXPECT_EQ(decode(request(plain_record(""), resource), kProtobufType).refused,
            std::vector<std::string>{"event_too_large"});
  EXPECT_EQ(decode(request(plain_record(attribute("x", text_value(std::string(600'000, 'x'))))), kProtobufType).refused,
            std::vector<std::string>{"event_too_large"});
}

// 100 bytes a record and a resource that still passes: without a bound 46 KB would become many megabytes.
TEST(OtlpTest, ARepeatedResourceIsBoundedOverTheWholeRequest) {
  auto settings = IngestSettings::from(config::Settings::defaults());
  settings.decompressed_bytes_max = 100'000;
  const std::string resource = field(1, field(1, key_value("x", text_value(std::string(15'000, 'x')))));
  std::string records;
  for (int i = 0; i < 5; ++i) records += field(2, plain_record(""));
  EXPECT_EQ(decode(field(1, resource + field(2, records)), kProtobufType, settings).batch.events.size(), 5u);
  for (int i = 0; i < 5; ++i) records += field(2, plain_record(""));
  EXPECT_EQ(decode(field(1, resource + field(2, records)), kProtobufType, settings).error, "gm-batch-too-large");
}

TEST(OtlpTest, WholeRequestErrors) {
  EXPECT_EQ(decode("{", kJsonType).error, "gm-body-malformed");
  EXPECT_EQ(decode("[]", kJsonType).error, "gm-body-malformed");
  EXPECT_EQ(decode(R"({"resourceLogs":{}})", kJsonType).error, "gm-body-malformed");
  EXPECT_EQ(decode("{}", kProtobufType).error, "gm-body-malformed");
  EXPECT_EQ(decode("{}", "text/plain").error, "gm-content-type-unsupported");
  auto settings = IngestSettings::from(config::Settings::defaults());
  settings.batch_events_max = 1;
  EXPECT_EQ(decode(field(1, field(2, field(2, "") + field(2, ""))), kProtobufType, settings).error,
            "gm-batch-too-large");
  EXPECT_EQ(decode(R"({"resourceLogs":[{"scopeLogs":[{"logRecords":[{},{}]}]}]})", kJsonType, settings).error,
            "gm-batch-too-large");
}

TEST(OtlpTest, ARequestWithoutRecordsIsFine) {
  EXPECT_EQ(decode("{}", kJsonType).answer.body, "{}");
  EXPECT_EQ(decode("", kProtobufType).answer.status, 200);
}

struct Situation {
  const char* code;
  int status;
};
class OtlpRefusal : public testing::TestWithParam<Situation> {};

TEST_P(OtlpRefusal, IsAStatusInTheRequestsEncoding) {
  const OtlpDialect dialect;
  http::Request request;
  request.headers = {{"content-type", "application/json; charset=utf-8"}};
  const auto as_json = dialect.refused(request, {GetParam().code, "why"});
  EXPECT_EQ(as_json.status, GetParam().status);
  EXPECT_EQ(as_json.body, R"({"message":"why"})");
  request.headers = {{"content-type", "Application/X-Protobuf"}};
  const auto as_protobuf = dialect.refused(request, {GetParam().code, "why"});
  EXPECT_EQ(as_protobuf.status, GetParam().status);
  EXPECT_EQ(as_protobuf.content_type, kProtobufType);
  EXPECT_EQ(as_protobuf.body, "\x12\x03why");
}

// What an exporter sends again: 429, 502, 503 and 504.
INSTANTIATE_TEST_SUITE_P(Situations, OtlpRefusal,
                         testing::Values(Situation{"gm-overloaded", 503}, Situation{"gm-log-unavailable", 503},
                                         Situation{"gm-request-timeout", 503}, Situation{"gm-rate-limited", 429},
                                         Situation{"gm-body-too-large", 413}, Situation{"gm-key-unknown", 401},
                                         Situation{"gm-key-wrong-kind", 403}, Situation{"gm-body-malformed", 400},
                                         Situation{"gm-content-type-unsupported", 415}));

}  // namespace
}  // namespace gm::event_ingestion
