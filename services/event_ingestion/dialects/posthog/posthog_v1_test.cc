#include <gmock/gmock.h>

#include "lib/base/time.h"
#include "services/event_ingestion/dialects/posthog/posthog_v1_dialect.h"

namespace gm::event_ingestion {
namespace {

const int64_t kNow = *parse_iso8601_ms("2026-11-23T12:00:00Z");
const IngestSettings kSettings = IngestSettings::from(config::Settings::defaults());
const PosthogV1Dialect kDialect;
using Headers = std::vector<std::pair<std::string_view, std::string_view>>;
const Headers kHeaders = {{"Authorization", "Bearer k"},
                          {"PostHog-Sdk-Info", "posthog-node/5.70.0"},
                          {"PostHog-Attempt", "1"},
                          {"PostHog-Request-Id", "0192f3a4-0000-7000-8000-00000000000a"},
                          {"PostHog-Request-Timestamp", "2026-11-23T11:59:59Z"}};

// A request and what came of it, read back as the processor would.
struct PosthogV1 {
  std::string body;
  http::Request request;
  std::string code, key, answer, record;
  std::vector<std::string> refused;
  event::Batch batch;

  explicit PosthogV1(std::string_view text, Headers headers = kHeaders)
      : body(std::string(text) + std::string(http::kBodyPadding, ' ')) {
    request.method = http::Method::post;
    request.path = "/i/v1/analytics/events";
    request.headers = std::move(headers);
    request.received_ms = kNow;
    const Call call{request, std::string_view(body).substr(0, text.size())};
    auto decoded = kDialect.decode(call, kSettings);
    if (!decoded) {
      code = decoded.error().code;
      return;
    }
    key = decoded->credential.key;
    answer = kDialect.stored(call, decoded->batch).body;
    for (const auto& one : decoded->batch.refused) refused.emplace_back(declaration_of(one.tag).name);
    record = std::move(decoded->batch.encoder).take();
    batch = std::move(*event::decode_batch(record));
  }
};

PosthogV1 events(const std::string& list) {
  return PosthogV1("{\"created_at\":\"2026-11-23T11:59:58Z\",\"batch\":[" + list + "]}");
}

constexpr const char* kGood =
    R"({"event":"a","uuid":"0192f3a4-0000-7000-8000-000000000001","distinct_id":"u","timestamp":"2026-11-23T11:59:00Z","options":{},"properties":{}})";

TEST(PosthogV1Test, ReadsAnEvent) {
  const auto got = events(
      R"({"event":"level_start","uuid":"0192f3a4-0000-7000-8000-000000000001","distinct_id":"u1","timestamp":"2026-11-23T11:59:00Z",)"
      R"("session_id":"s1","window_id":"w1","options":{"process_person_profile":false},"properties":{"level":3,"$os":"iOS"}})");
  ASSERT_EQ(got.batch.events.size(), 1u);
  const event::Event& e = got.batch.events[0];
  EXPECT_EQ(got.key, "k");
  EXPECT_EQ(got.batch.info.source, event::Source::posthog);
  EXPECT_EQ(got.batch.info.sent_ms, kNow - 1000);
  EXPECT_EQ(e.id.to_string(), "0192f3a4-0000-7000-8000-000000000001");
  EXPECT_EQ(e.name, "level_start");
  EXPECT_EQ(e.player, "u1");
  EXPECT_EQ(e.session, "s1");
  EXPECT_EQ(e.platform, "iOS");
  EXPECT_EQ(
      e.properties,
      R"({"$session_id":"s1","$window_id":"w1","$options":{"process_person_profile":false},"$lib":"posthog-node",)"
      R"("$lib_version":"5.70.0","level":3,"$os":"iOS"})");
  EXPECT_EQ(got.answer, R"({"results":{}})");
}

TEST(PosthogV1Test, EachEventHasItsResult) {
  const auto got = events(
      std::string(kGood) +
      R"(,{"event":"b","uuid":"0192f3a4-0000-7000-8000-000000000002","distinct_id":"null","properties":{}})"
      R"(,{"uuid":"0192f3a4-0000-7000-8000-000000000003","distinct_id":"u"},7)"
      R"(,{"event":"c","uuid":"0192f3a4-0000-7000-8000-000000000004","distinct_id":"u","timestamp":"2030-01-01T00:00:00Z"})");
  EXPECT_EQ(got.batch.events.size(), 2u);
  EXPECT_THAT(got.refused, testing::ElementsAre("player_id_refused", "event_name_missing", "event_not_an_object"));
  EXPECT_EQ(got.answer,
            R"({"results":{"0192f3a4-0000-7000-8000-000000000002":{"result":"drop","details":"player_id_refused"},)"
            R"("0192f3a4-0000-7000-8000-000000000003":{"result":"drop","details":"event_name_missing"},)"
            R"("0192f3a4-0000-7000-8000-000000000004":{"result":"warning","details":"event_time_in_future"}}})");
}

TEST(PosthogV1Test, AnIdMustBeAUuid) {
  for (const char* id : {"", R"("uuid":"",)", R"("uuid":"17",)", R"("uuid":17,)", R"("uuid":null,)"}) {
    const auto got = events("{" + std::string(id) + R"("event":"a","distinct_id":"u"})");
    EXPECT_THAT(got.refused, testing::ElementsAre("event_id_invalid")) << id;
  }
}

TEST(PosthogV1Test, ABackfillIsReadAgainWhenItSaysSoBehindItsEvents) {
  const std::string old =
      R"({"event":"a","uuid":"0192f3a4-0000-7000-8000-000000000001","distinct_id":"u","timestamp":"2026-01-01T00:00:00Z"})";
  const PosthogV1 got("{\"batch\":[" + old + "],\"historical_migration\":true}");
  EXPECT_TRUE(got.batch.info.historical);
  EXPECT_EQ(got.batch.events.size(), 1u);
}

TEST(PosthogV1Test, WholeRequestsThatCannotBeRead) {
  EXPECT_EQ(PosthogV1("").code, "gm-body-malformed");
  EXPECT_EQ(PosthogV1("[]").code, "gm-body-malformed");
  EXPECT_EQ(PosthogV1(R"({"batch":{}})").code, "gm-body-malformed");
  EXPECT_EQ(events("").code, "gm-batch-empty");
  EXPECT_EQ(PosthogV1("{}", {}).code, "gm-key-missing");
  for (size_t i = 1; i < kHeaders.size(); ++i) {
    Headers headers = kHeaders;
    headers.erase(headers.begin() + static_cast<ptrdiff_t>(i));
    EXPECT_EQ(PosthogV1("{}", headers).code, "gm-header-missing") << kHeaders[i].first;
  }
}

TEST(PosthogV1Test, ErrorsAreJsonWithATag) {
  const std::tuple<const char*, int, const char*> cases[] = {{"gm-key-missing", 401, "key_missing"},
                                                             {"gm-key-wrong-kind", 401, "key_wrong_kind"},
                                                             {"gm-header-missing", 400, "missing_required_headers"},
                                                             {"gm-batch-empty", 400, "empty_batch"},
                                                             {"gm-body-too-large", 413, "body_too_large"},
                                                             {"gm-rate-limited", 429, "rate_limited"},
                                                             {"gm-log-unavailable", 503, "log_unavailable"}};
  for (const auto& [code, status, tag] : cases) {
    const auto answer = kDialect.refused({}, {code, "why"});
    EXPECT_EQ(answer.status, status) << code;
    EXPECT_EQ(answer.body, "{\"error\":\"" + std::string(tag) +
                               R"(","error_description":"why","error_uri":"/docs/errors#)" + code + "\"}");
  }
}

}  // namespace
}  // namespace gm::event_ingestion
