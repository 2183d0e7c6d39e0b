#include <gtest/gtest.h>

#include "lib/base/random.h"
#include "lib/base/time.h"
#include "lib/http/message.h"
#include "lib/security/keys.h"
#include "services/event_ingestion/decoding/amount.h"
#include "services/event_ingestion/dialects/native/native_decoder.h"
#include "services/event_ingestion/dialects/native/ndjson_decoder.h"
#include "services/event_ingestion/dialects/posthog/posthog_decoder.h"

namespace gm::event_ingestion {
namespace {

const int64_t kNow = *parse_iso8601_ms("2026-11-23T12:00:00Z");
const IngestSettings kSettings = IngestSettings::from(config::Settings::defaults());

std::string padded(std::string_view text) { return std::string(text) + std::string(http::kBodyPadding, ' '); }

// A decoded request whose record was read back as the processor would.
struct Decoded {
  std::string code;  // whole-request error
  std::vector<EventVerdict> verdicts;
  std::vector<std::string> refused;
  std::string record;
  event::Batch batch;
  std::string token;
};

Decoded read_back(DecodedBatch decoded) {
  Decoded out;
  out.verdicts = decoded.verdicts;
  for (const auto& one : decoded.refused) out.refused.emplace_back(declaration_of(one.tag).name);
  out.record = std::move(decoded.encoder).take();
  auto batch = event::decode_batch(out.record);
  EXPECT_TRUE(batch.ok());
  out.batch = std::move(*batch);
  return out;
}

Decoded native(std::string_view body, const IngestSettings& settings = kSettings) {
  const std::string bytes = padded(body);
  auto decoded =
      decode_native({std::string_view(bytes).substr(0, body.size()), ProjectId::from_stored(7), kNow, 0}, settings);
  if (decoded.ok()) return read_back(std::move(*decoded));
  Decoded failed;
  failed.code = decoded.error().code;
  return failed;
}

Decoded ndjson(std::string_view body, bool historical = false, const IngestSettings& settings = kSettings) {
  const std::string bytes = padded(body);
  auto decoded = decode_ndjson({std::string_view(bytes).substr(0, body.size()), ProjectId::from_stored(7), kNow, 0},
                               historical, settings);
  if (decoded.ok()) return read_back(std::move(*decoded));
  Decoded failed;
  failed.code = decoded.error().code;
  return failed;
}

Decoded posthog(std::string_view body) {
  const std::string bytes = padded(body);
  auto decoded = decode_posthog({std::string_view(bytes).substr(0, body.size()), ProjectId(), kNow, 0}, kSettings);
  Decoded out;
  if (decoded.ok()) {
    out = read_back(std::move(decoded->batch));
    out.token = decoded->token;
  } else {
    out.code = decoded.error().code;
  }
  return out;
}

Decoded native_event(const std::string& fields) { return native("{\"events\":[{" + fields + "}]}"); }

TEST(NativeDecoderTest, ReadsEveryField) {
  const auto decoded = native(
      R"({"sent_at":"2026-11-23T11:59:58Z","historical":true,"events":[{"event_id":"0192f3a4-0000-7000-8000-000000000001",
    "event":"level_complete","player_id":"p-17","time":"2026-11-23T11:59:00.120Z","session_id":"s-4","country":"DE","platform":"ios",
    "device":"iPhone15,2","build":"1.4.2","revenue":{"amount":"4.99","currency":"usd"},"properties":{"level": 12, "t": "\u00e9"}}]})");
  ASSERT_EQ(decoded.batch.events.size(), 1u);
  const event::Event& e = decoded.batch.events[0];
  EXPECT_EQ(e.id.to_string(), "0192f3a4-0000-7000-8000-000000000001");
  EXPECT_EQ(e.name, "level_complete");
  EXPECT_EQ(e.player, "p-17");
  EXPECT_EQ(e.session, "s-4");
  EXPECT_EQ(e.country, "DE");
  EXPECT_EQ(e.platform, "ios");
  EXPECT_EQ(e.device, "iPhone15,2");
  EXPECT_EQ(e.build, "1.4.2");
  EXPECT_EQ(e.revenue_micros, 4'990'000);
  EXPECT_EQ(e.currency, "USD");
  EXPECT_EQ(e.properties, R"({"level": 12, "t": "\u00e9"})");
  EXPECT_EQ(e.time_ms, kNow - 59'880);
  EXPECT_EQ(e.flags, 0);
  EXPECT_TRUE(decoded.batch.info.historical);
  EXPECT_EQ(decoded.batch.info.sent_ms, kNow - 2000);
  EXPECT_EQ(decoded.batch.info.project, ProjectId::from_stored(7));
}

TEST(NativeDecoderTest, AWholeNumberOfMillisecondsMayHaveAZeroFraction) {
  const auto decoded =
      native(R"({"sent_at":1795430000000.0,"events":[{"event":"a","player_id":"p","time":1795430000000.00}]})");
  EXPECT_EQ(decoded.batch.info.sent_ms, 1795430000000);
  EXPECT_EQ(decoded.batch.events.at(0).time_ms, 1795430000000);
}

TEST(NativeDecoderTest, TheEnvelopeMayComeBehindTheEvents) {
  const auto decoded = native(
      R"({"events":[{"event":"a","player_id":"p","time":"2026-11-23T15:00:00Z"}],"sent_at":"2026-11-23T15:00:01Z"})");
  // The sender's clock is three hours ahead, and the event with it: no event from the future.
  EXPECT_TRUE(decoded.verdicts.empty());
  EXPECT_EQ(decoded.batch.info.sent_ms, kNow + 3 * kMsPerHour + 1000);
}

TEST(NativeDecoderTest, AnEventInTheFutureIsTakenWithAWarning) {
  const auto decoded = native_event(R"("event":"a","player_id":"p","time":"2026-11-24T15:00:00Z")");
  ASSERT_EQ(decoded.verdicts.size(), 1u);
  EXPECT_EQ(decoded.verdicts[0].tag, Tag::event_time_in_future);
  EXPECT_EQ(decoded.batch.events.size(), 1u);
}

TEST(NativeDecoderTest, BadEventsAreRefusedAloneWithTheirTag) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"player_id":"p"})", "event_name_missing"},
      {R"({"event":7,"player_id":"p"})", "event_name_invalid"},
      {R"({"event":")" + std::string(201, 'x') + R"(","player_id":"p"})", "event_name_too_long"},
      {R"({"event":"a"})", "player_id_missing"},
      {R"({"event":"a","player_id":null})", "player_id_missing"},
      {R"({"event":"a","player_id":7})", "player_id_invalid"},
      {R"({"event":"a","player_id":")" + std::string(201, 'x') + R"("})", "player_id_too_long"},
      {R"({"event":"a","player_id":"NULL"})", "player_id_refused"},
      {R"({"event":"a","player_id":"[object Object]"})", "player_id_refused"},
      {R"({"event":"a","player_id":"p","event_id":5})", "event_id_invalid"},
      {R"({"event":"a","player_id":"p","time":"soon"})", "event_time_invalid"},
      {R"({"event":"a","player_id":"p","time":1.5})", "event_time_invalid"},
      {R"({"event":"a","player_id":"p","time":"1970-01-01T00:00:00Z"})", "event_time_too_old"},
      {R"({"event":"a","player_id":"p","properties":[1]})", "properties_invalid"},
      {R"({"event":"a","player_id":"p","build":{}})", "field_invalid"},
      {R"({"event":"a","player_id":"p","build":")" + std::string(201, 'x') + R"("})", "field_too_long"},
      {R"({"event":"a","player_id":"p","revenue":5})", "revenue_invalid"},
      {R"({"event":"a","player_id":"p","revenue":{"amount":"1","currency":"EURO"}})", "revenue_invalid"},
      {R"({"event":"a","player_id":"p","revenue":{"currency":"EUR"}})", "revenue_invalid"},
      {R"("text")", "event_not_an_object"},
      {R"([1,[2]])", "event_not_an_object"},
      {R"({"event":"a","player_id":"p","properties":{"a":)" + std::string(40, '[') + std::string(40, ']') + "}}",
       "event_too_deep"},
      {R"({"event":"a","player_id":"p","other":)" + std::string(40, '[') + std::string(40, ']') + "}",
       "event_too_deep"},
  };
  const std::string good = R"({"event":"good","player_id":"p"})";
  for (const auto& [bad, tag] : cases) {
    const auto decoded = native("{\"events\":[" + good + "," + bad + "," + good + "]}");
    ASSERT_EQ(decoded.code, "") << bad;
    EXPECT_EQ(decoded.batch.events.size(), 2u) << bad;
    ASSERT_EQ(decoded.refused, std::vector{tag}) << bad;
    EXPECT_EQ(decoded.verdicts[0].index, 1u) << bad;
  }
}

TEST(NativeDecoderTest, TooManyPropertiesAndTooManyBytes) {
  std::string many = R"("event":"a","player_id":"p","properties":{)";
  for (int i = 0; i < 513; ++i) many += (i ? ",\"" : "\"") + std::to_string(i) + "\":1";
  EXPECT_EQ(native_event(many + "}").refused, std::vector<std::string>{"event_properties_too_many"});
  const std::string large = R"("event":"a","player_id":"p","properties":{"x":")" + std::string(600'000, 'x') + "\"}";
  EXPECT_EQ(native_event(large).refused, std::vector<std::string>{"event_too_large"});
}

TEST(NativeDecoderTest, BrokenBodiesAreMalformed) {
  for (const std::string body :
       {"", " ", "{", "[]", "7", "{\"events\":7}", "{}", "{\"events\":[{\"event\":\"a\",\"player_id\":\"p\"}]} x",
        "{\"events\":[{]}", "{\"events\":[{\"event\":\"a\",\"player_id\":\"p\",\"properties\":{\"n\":01}}]}",
        "{\"events\":[{\"event\":\"a\",\"player_id\":\"p\",\"properties\":{\"n\":nul}}]}",
        "{\"events\":[{\"event\":\"\xff\",\"player_id\":\"p\"}]}",
        "{\"events\":[{\"event\":\"a\",\"player_id\":\"p\",\"properties\":{\"n\":\"\\q\"}}]}",
        "{\"events\":[{\"event\":\"a\",\"player_id\":\"p\"}", "{\"sent_at\":\"x\",\"events\":[]}"}) {
    EXPECT_EQ(native(body).code, "gm-body-malformed") << body;
  }
  EXPECT_EQ(native("{\"events\":[]}").code, "gm-batch-empty");
}

TEST(NativeDecoderTest, TheBatchLimitCountsEvents) {
  IngestSettings settings = kSettings;
  settings.batch_events_max = 2;
  const std::string one = R"({"event":"a","player_id":"p"})";
  EXPECT_EQ(native("{\"events\":[" + one + "," + one + "]}", settings).code, "");
  EXPECT_EQ(native("{\"events\":[" + one + "," + one + "," + one + "]}", settings).code, "gm-batch-too-large");
}

TEST(NativeDecoderTest, NumbersOfAnySizeAreKeptVerbatim) {
  const auto decoded = native_event(
      R"("event":"a","player_id":"p","properties":{"big":123456789012345678901234567890,"huge":1e999,"neg":-0.5E-3})");
  ASSERT_EQ(decoded.batch.events.size(), 1u);
  EXPECT_EQ(decoded.batch.events[0].properties, R"({"big":123456789012345678901234567890,"huge":1e999,"neg":-0.5E-3})");
}

TEST(NativeDecoderTest, AnIdThatWasNotSentComesFromTheContent) {
  const std::string timed = R"({"event":"a","player_id":"p","time":"2026-11-23T11:00:00Z"})";
  const auto first = native("{\"events\":[" + timed + "," + timed + "]}");
  const auto again = native("{\"events\":[" + timed + "," + timed + "]}");
  ASSERT_EQ(first.batch.events.size(), 2u);
  EXPECT_NE(first.batch.events[0].id, first.batch.events[1].id);
  EXPECT_EQ(first.batch.events[0].id, again.batch.events[0].id);
  EXPECT_EQ(first.batch.events[1].id, again.batch.events[1].id);
  EXPECT_TRUE(first.batch.events[0].flags & event::kIdDerived);
  const auto text = native_event(R"("event":"a","player_id":"p","event_id":"order-1")");
  EXPECT_EQ(text.batch.events[0].id, Uuid::derived_from("order-1"));
}

TEST(NativeDecoderTest, EqualEventsWithoutATimeAreDifferentEvenInTheSameMillisecond) {
  const std::string shot = R"("event":"shot","player_id":"p")";
  const auto first = native_event(shot);
  const auto second = native_event(shot);
  ASSERT_EQ(first.batch.info.received_ms, second.batch.info.received_ms);
  EXPECT_NE(first.batch.events.at(0).id, second.batch.events.at(0).id);
}

TEST(NdjsonDecoderTest, EachLineIsAnEventAndIndexesAreLines) {
  const Decoded out = ndjson(
      "{\"event\":\"a\",\"player_id\":\"p\",\"time\":1795430000000}\r\n"
      "\n"
      "{\"event\":\"b\"}\n"
      "{\"event\":\"open\n"
      "  {\"event\":\"c\",\"player_id\":\"p\",\"properties\":{\"x\":1}}  \n"
      "{} {}\n"
      "[]");
  ASSERT_EQ(out.batch.events.size(), 2u) << out.code;
  EXPECT_EQ(out.batch.events[0].name, "a");
  EXPECT_EQ(out.batch.events[1].properties, R"({"x":1})");
  EXPECT_EQ(out.refused,
            (std::vector<std::string>{"player_id_missing", "line_malformed", "line_malformed", "event_not_an_object"}));
  std::vector<uint32_t> lines;
  for (const EventVerdict& verdict : out.verdicts) lines.push_back(verdict.index);
  EXPECT_EQ(lines, (std::vector<uint32_t>{2, 3, 5, 6}));
}

TEST(NdjsonDecoderTest, HistoricalIsOfTheWholeBody) {
  const std::string line = R"({"event":"a","player_id":"p","time":"2020-01-01T00:00:00Z"})";
  EXPECT_FALSE(ndjson(line).batch.info.historical);
  EXPECT_TRUE(ndjson(line, true).batch.info.historical);
}

TEST(NdjsonDecoderTest, WholeRequestErrors) {
  EXPECT_EQ(ndjson("").code, "gm-batch-empty");
  EXPECT_EQ(ndjson("\n \r\n\n").code, "gm-batch-empty");
  IngestSettings settings = kSettings;
  settings.batch_events_max = 2;
  EXPECT_EQ(ndjson("{}\n{}\n\n", false, settings).code, "");
  EXPECT_EQ(ndjson("{}\n{}\n{}", false, settings).code, "gm-batch-too-large");
}

TEST(PosthogDecoderTest, ReadsABatchOfTheNodeClient) {
  const auto decoded = posthog(
      R"({"api_key":"gm_wk_x","batch":[{"event":"level_start","properties":{"level":3,"$lib":"posthog-node","$session_id":"s1","$os":"iOS",
    "$app_version":"1.2","$geoip_country_code":"FR","$device_model":"Pixel","revenue":2.5,"currency":"eur"},"timestamp":"2026-11-23T11:00:00.000Z",
    "uuid":"0192f3a4-0000-7000-8000-000000000002","distinct_id":"u1"}],"sent_at":"2026-11-23T11:59:59.000Z"})");
  ASSERT_EQ(decoded.batch.events.size(), 1u);
  const event::Event& e = decoded.batch.events[0];
  EXPECT_EQ(decoded.token, "gm_wk_x");
  EXPECT_EQ(decoded.batch.info.source, event::Source::posthog);
  EXPECT_EQ(decoded.batch.info.sent_ms, kNow - 1000);
  EXPECT_EQ(e.player, "u1");
  EXPECT_EQ(e.session, "s1");
  EXPECT_EQ(e.platform, "iOS");
  EXPECT_EQ(e.build, "1.2");
  EXPECT_EQ(e.country, "FR");
  EXPECT_EQ(e.device, "Pixel");
  EXPECT_EQ(e.revenue_micros, 2'500'000);
  EXPECT_EQ(e.currency, "EUR");
}

TEST(PosthogDecoderTest, ReadsSingleEventsAndLists) {
  const auto single = posthog(R"({"api_key":"k","event":"a","properties":{"distinct_id":42}})");
  ASSERT_EQ(single.batch.events.size(), 1u);
  EXPECT_EQ(single.batch.events[0].player, "42");
  const auto list = posthog(
      R"([{"event":"a","distinct_id":7,"properties":{"token":"k"}},{"event":"b","$distinct_id":{"a":1},"token":"k"}])");
  ASSERT_EQ(list.batch.events.size(), 2u);
  EXPECT_EQ(list.token, "k");
  EXPECT_EQ(list.batch.events[1].player, R"({"a":1})");
  EXPECT_EQ(posthog(R"([{"event":"a","distinct_id":7,"token":"k"},{"event":"b","distinct_id":7,"token":"l"}])").code,
            "gm-key-unknown");
  EXPECT_EQ(posthog("{\"api_key\":\"k\",\"batch\":[]}").code, "gm-batch-empty");
  EXPECT_EQ(posthog("{\"api_key\":\"k\",\"batch\":{}}").code, "gm-body-malformed");
}

TEST(PosthogDecoderTest, LongIdsAreCutAtACharacter) {
  std::string id;
  for (int i = 0; i < 150; ++i) id += "é";
  const auto decoded = posthog("{\"api_key\":\"k\",\"event\":\"a\",\"distinct_id\":\"" + id + "\"}");
  ASSERT_EQ(decoded.batch.events.size(), 1u);
  EXPECT_EQ(decoded.batch.events[0].player.size(), 200u);
}

TEST(MicrosTest, DecimalTextIsExact) {
  EXPECT_EQ(parse_micros("4.99"), 4'990'000);
  EXPECT_EQ(parse_micros("0.1"), 100'000);
  EXPECT_EQ(parse_micros("-3"), -3'000'000);
  EXPECT_EQ(parse_micros("1e2"), 100'000'000);
  EXPECT_EQ(parse_micros("0.0000005"), 1);
  EXPECT_EQ(parse_micros("99999999.999999"), 99'999'999'999'999);
  for (const char* bad : {"", "-", ".5", "5.", "100000000", "1e8", "nan", "1,5", "--1", "1 ", "0x1"})
    EXPECT_FALSE(parse_micros(bad)) << bad;
}

TEST(MicrosTest, ExponentsAreExactAndBounded) {
  EXPECT_EQ(parse_micros("4.99e0"), 4'990'000);
  EXPECT_EQ(parse_micros("12345e-4"), 1'234'500);
  EXPECT_EQ(parse_micros("5e-7"), 1);
  EXPECT_EQ(parse_micros("4e-7"), 0);
  EXPECT_EQ(parse_micros("1e-9999"), 0);
  EXPECT_EQ(parse_micros("0e9999"), 0);
  EXPECT_EQ(parse_micros("-1.5E+1"), -15'000'000);
  EXPECT_EQ(parse_micros("99999999.9999994"), 99'999'999'999'999);
  for (const char* bad : {"1e9999", "--1e3", "-nan(e)", "1e", "1e+", "1e5x", "99999999.9999995", "1e99999", "+1"}) {
    EXPECT_FALSE(parse_micros(bad)) << bad;
  }
}

TEST(NativeDecoderTest, HalfASurrogatePairCostsItsOwnEventOnly) {
  for (const char* bad :
       {R"({"event":"a\ud83d","player_id":"p"})", R"({"event":"a","player_id":"p","properties":{"n":["\ude00"]}})",
        R"({"event":"a","player_id":"p","properties":{"\ud83d":1}})", R"({"event":"a","player_id":"p","\ud83d":1})"}) {
    const auto decoded = native(std::string(R"({"events":[{"event":"a","player_id":"p"},)") + bad + "]}");
    EXPECT_EQ(decoded.batch.events.size(), 1u) << bad;
    EXPECT_EQ(decoded.refused, std::vector<std::string>{"text_invalid"}) << bad;
  }
}

TEST(NativeDecoderTest, EscapedTextIsUnescapedInFieldsAndKeptInProperties) {
  const auto decoded = native_event(
      R"("\u0065vent":"l\u00e9vel","player_id":"\ud83d\ude00","session_id":"a\/b\"c","properties":{"k\u0065y":"\u00e9"})");
  ASSERT_EQ(decoded.batch.events.size(), 1u);
  EXPECT_EQ(decoded.batch.events[0].name, "l\xc3\xa9vel");
  EXPECT_EQ(decoded.batch.events[0].player, "\xf0\x9f\x98\x80");
  EXPECT_EQ(decoded.batch.events[0].session, "a/b\"c");
  EXPECT_EQ(decoded.batch.events[0].properties, R"({"k\u0065y":"\u00e9"})");
}

TEST(NativeDecoderTest, TheLastOfEqualNamesCounts) {
  const auto decoded =
      native_event(R"("event":"a","event":"b","player_id":"p","properties":{"x":1},"properties":{"y":2})");
  ASSERT_EQ(decoded.batch.events.size(), 1u);
  EXPECT_EQ(decoded.batch.events[0].name, "b");
  EXPECT_EQ(decoded.batch.events[0].properties, R"({"y":2})");
}

TEST(NativeDecoderTest, AMalformedBodyIsToldWhere) {
  const std::string body = R"({"events":[{"event":"a","player_id":}]})";
  const std::string bytes = padded(body);
  const auto decoded =
      decode_native({std::string_view(bytes).substr(0, body.size()), ProjectId::from_stored(7), kNow, 0}, kSettings);
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.error().message, "the body is not what POST /v1/events takes: not valid JSON at byte 36");
}

TEST(PosthogDecoderTest, SetBesideThePropertiesIsKeptInside) {
  const auto properties = [](const std::string& fields) {
    auto decoded = posthog("{\"api_key\":\"k\",\"event\":\"a\",\"distinct_id\":\"u\"," + fields + "}");
    return decoded.batch.events.size() == 1 ? std::string(decoded.batch.events[0].properties) : "refused";
  };
  EXPECT_EQ(properties(R"("$set":{"a":1},"properties":{"x":2})"), R"({"$set":{"a":1},"x":2})");
  EXPECT_EQ(properties(R"("$set":{"a":1},"$set_once":{"b":"}"})"), R"({"$set":{"a":1},"$set_once":{"b":"}"}})");
  EXPECT_EQ(properties(R"("properties":{ },"$set_once":{"b":1})"), R"({"$set_once":{"b":1} })");
  EXPECT_EQ(properties(R"("properties":{"$set":{"a":1}})"), R"({"$set":{"a":1}})");
}

TEST(PosthogDecoderTest, PlainPropertiesFillTheDimensionsThatTheDollarOnesLeaveEmpty) {
  const auto decoded = posthog(
      R"({"api_key":"k","event":"a","distinct_id":"u","properties":{"platform":"pc","$build":"9","$device_type":"Desktop","$revenue":"1.5","$currency":"USD"}})");
  ASSERT_EQ(decoded.batch.events.size(), 1u);
  EXPECT_EQ(decoded.batch.events[0].platform, "pc");
  EXPECT_EQ(decoded.batch.events[0].build, "9");
  EXPECT_EQ(decoded.batch.events[0].device, "Desktop");
  EXPECT_EQ(decoded.batch.events[0].revenue_micros, 1'500'000);
}

// A bug: an event of the game's own with a property "token" made the whole batch "different keys".
TEST(PosthogDecoder, AnEnvelopesKeyWinsOverPropertiesCalledToken) {
  for (
      const char* body :
      {R"({"api_key":"k","batch":[{"event":"push_registered","distinct_id":"u","properties":{"token":"fcm"}},{"event":"b","distinct_id":"u"}]})",
       R"({"batch":[{"event":"push_registered","distinct_id":"u","properties":{"token":"fcm"}},{"event":"b","distinct_id":"u"}],"api_key":"k"})"}) {
    const Decoded decoded = posthog(body);
    EXPECT_EQ(decoded.code, "");
    EXPECT_EQ(decoded.token, "k");
    EXPECT_EQ(decoded.batch.events.size(), 2u);
  }
}

// A bug: the key that browsers send as a property of each event was stored and shown with it.
TEST(PosthogDecoder, AKeyAmongThePropertiesIsNotKept) {
  SeededRandom random(6);
  const std::string key = security::make_key(security::KeyKind::server, random).text;
  const std::string member = R"("token" : ")" + key + "\"";
  const std::pair<std::string, std::string> cases[] = {{"{" + member + "}", "{}"},
                                                       {"{" + member + R"( , "a":1})", R"({ "a":1})"},
                                                       {R"({"a":1 , )" + member + " }", R"({"a":1 })"},
                                                       {R"({"a":1,)" + member + R"(,"b":2})", R"({"a":1,"b":2})"}};
  for (const auto& [sent, stored] : cases) {
    const Decoded decoded = posthog(R"({"event":"a","distinct_id":"u","properties":)" + sent + "}");
    EXPECT_EQ(decoded.token, key);
    ASSERT_EQ(decoded.batch.events.size(), 1u);
    EXPECT_EQ(decoded.batch.events[0].properties, stored);
  }
  const Decoded own = posthog(R"({"api_key":"k","event":"a","distinct_id":"u","properties":{"token":"fcm"}})");
  EXPECT_EQ(own.batch.events.at(0).properties, R"({"token":"fcm"})") << "a property of the game's own";
}

// A bug: an age counted back from receipt was corrected by the device's wrong clock all the same.
TEST(PosthogDecoder, AnOffsetIsOfTheServersClock) {
  const std::string body =
      R"({"api_key":"k","sent_at":"2026-11-24T12:00:00Z","batch":[{"event":"a","distinct_id":"u","offset":5000}]})";
  const Decoded decoded = posthog(body);
  ASSERT_EQ(decoded.batch.events.size(), 1u);
  EXPECT_EQ(decoded.batch.events[0].time_ms, kNow - 5000);
  EXPECT_TRUE(decoded.batch.events[0].flags & event::kServerClock);
  EXPECT_TRUE(decoded.verdicts.empty());
}

}  // namespace
}  // namespace gm::event_ingestion
