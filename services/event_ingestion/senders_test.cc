// Who sends, and what is believed of it: origins of web pages, server keys, money, addresses.

#include <gmock/gmock.h>

#include "lib/event/event.h"
#include "services/event_ingestion/ingestion_test_fixture.h"

namespace gm::event_ingestion {
namespace {

using testing::HasSubstr;

// The write key may be used from https://game.example only.
struct ListedIngestion : IngestionFixture {
  ListedIngestion() {
    ring.replace(
        {{write_key.hash, {ProjectId::from_stored(3), security::KeyKind::write}, "", {"https://game.example"}}});
  }
  void preflight(std::string_view path, std::string_view origin) {
    request = {};
    request.method = http::Method::options;
    request.path = path;
    request.headers = {{"Origin", origin}, {"Access-Control-Request-Headers", "authorization"}};
    std::vector<std::string_view> parameters;
    std::get<http::AsyncHandler>(routes.find(path, parameters)->endpoint(http::Method::options)->handler)(
        request, [this](http::Response response) { answer = std::move(response); });
  }
};

// Money counts only when a server key sends it.
struct SuspiciousIngestion : IngestionFixture {
  SuspiciousIngestion() : IngestionFixture({0, 0, 0, 1000}, {{"ingest.client_revenue", "ignore"}}) {
    const auto project = ProjectId::from_stored(3);
    ring.replace({{write_key.hash, {project, security::KeyKind::write}},
                  {server_key.hash, {project, security::KeyKind::server}}});
  }
  // The events of the last request, as the processor reads them.
  const event::Batch& stored() {
    log.confirm_all();
    record = log.stored.back().payload;
    batch = event::decode_batch(record).value();
    return batch;
  }

  const security::NewKey server_key = security::make_key(security::KeyKind::server, random);
  const std::string server_authorization = "Bearer " + server_key.text;
  std::string record;
  event::Batch batch;
};

struct AddressIngestion : IngestionFixture {
  explicit AddressIngestion(std::string_view rule = "keep")
      : IngestionFixture({0, 0, 0, 1000}, {{"ingest.ip", rule}, {"http.trusted_proxies", "10.0.0.0/8"}}) {
    const auto project = ProjectId::from_stored(3);
    ring.replace({{write_key.hash, {project, security::KeyKind::write}},
                  {server_key.hash, {project, security::KeyKind::server}}});
  }
  // The properties of the event that the request led to.
  std::string stored() {
    log.confirm_all();
    const auto batch = event::decode_batch(log.stored.back().payload);
    EXPECT_EQ(batch->events.size(), 1u);
    return std::string(batch->events.at(0).properties);
  }

  const security::NewKey server_key = security::make_key(security::KeyKind::server, random);
};
struct TruncatingIngestion : AddressIngestion {
  TruncatingIngestion() : AddressIngestion("truncate") {}
};
struct DroppingIngestion : AddressIngestion {
  DroppingIngestion() : AddressIngestion("drop") {}
};

TEST_F(ListedIngestion, AWebPageThatIsNotOnTheKeysListIsRefusedInTheDialectsForm) {
  const auto from = [&](std::string_view path, const std::string& body, std::string_view origin) {
    post(path, body, {{"Authorization", authorization}, {"Origin", origin}});
    log.confirm_all();
    return answer->status;
  };
  const std::string posthog = R"({"api_key":")" + write_key.text + R"(","batch":[{"event":"a","distinct_id":"u"}]})";
  EXPECT_EQ(from("/v1/events", kMixed, "https://game.example"), 200);
  EXPECT_EQ(from("/batch/", posthog, "https://game.example"), 200);
  send(kMixed);
  log.confirm_all();
  EXPECT_EQ(answer->status, 200) << "without an Origin no browser asks";
  EXPECT_EQ(from("/v1/events", kMixed, "https://evil.example"), 403);
  EXPECT_THAT(answer->body, HasSubstr("gm-origin-not-allowed"));
  EXPECT_EQ(header("Access-Control-Allow-Origin"), "https://evil.example") << "so that the page can show why";
  EXPECT_EQ(from("/batch/", posthog, "https://evil.example"), 401) << "PostHog's word for a key that may not";
  EXPECT_THAT(answer->body, HasSubstr("https://evil.example"));
  EXPECT_EQ(from("/i/v0/e/", posthog, "null"), 401);
  EXPECT_EQ(requests("native", "gm-origin-not-allowed"), 1u);
  EXPECT_EQ(registry.counter(telemetry::kAuthFailures, {"gm-origin-not-allowed"}).value(), 3u);
}

TEST_F(ListedIngestion, APreflightIsAnsweredForAllKeysTogether) {
  preflight("/v1/events", "https://game.example");
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(header("Access-Control-Allow-Origin"), "https://game.example");
  EXPECT_EQ(header("Access-Control-Allow-Headers"), "authorization");
  preflight("/v1/events", "https://evil.example");
  EXPECT_EQ(answer->status, 403);
  EXPECT_EQ(header("Access-Control-Allow-Origin"), "");
  EXPECT_EQ(requests("native", "gm-origin-not-allowed"), 1u);
  const security::NewKey open = security::make_key(security::KeyKind::write, random);
  ring.replace({{write_key.hash, {ProjectId::from_stored(3), security::KeyKind::write}, "", {"https://game.example"}},
                {open.hash, {ProjectId::from_stored(3), security::KeyKind::write}}});
  preflight("/v1/events", "https://evil.example");
  EXPECT_EQ(answer->status, 200) << "the other key takes any page";
}

constexpr const char* kPurchase =
    R"({"events":[{"event":"x"},{"event":"purchase","player_id":"p","revenue":{"amount":"4.99","currency":"USD"}}]})";

TEST_F(SuspiciousIngestion, MoneyOfAGameIsKeptButDoesNotCount) {
  send(kPurchase);
  const event::Event& one = stored().events.at(0);
  EXPECT_FALSE(one.revenue_micros);
  EXPECT_EQ(one.claimed_micros, 4'990'000);
  EXPECT_EQ(one.flags & event::kRevenueNotValidated, event::kRevenueNotValidated);
  EXPECT_EQ(one.flags & event::kServerValidated, 0);
  EXPECT_THAT(answer->body, HasSubstr(R"("accepted":1,"rejected":1)"));
  EXPECT_THAT(answer->body, HasSubstr(R"("verdict":"warning","tag":"revenue_not_validated")"));
  EXPECT_THAT(answer->body, HasSubstr(R"({"index":1,)"));
  EXPECT_EQ(registry.counter(telemetry::kIngestWarnings, {"revenue_not_validated"}).value(), 1u);
  EXPECT_EQ(registry.counter(telemetry::kIngestRejected, {"revenue_not_validated"}).value(), 0u);
}

TEST_F(SuspiciousIngestion, AServerKeysMoneyCounts) {
  post("/v1/events", kPurchase, {{"Authorization", server_authorization}});
  const event::Event& one = stored().events.at(0);
  EXPECT_EQ(one.revenue_micros, 4'990'000);
  EXPECT_EQ(one.flags & event::kServerValidated, event::kServerValidated);
  EXPECT_THAT(answer->body, testing::Not(HasSubstr("revenue_not_validated")));
}

TEST_F(SuspiciousIngestion, AServerKeyInsideTheBodyIsAKeyOfAServerToo) {
  const auto body = [](const std::string& key) {
    return R"({"api_key":")" + key +
           R"(","batch":[{"event":"purchase","distinct_id":"u","properties":{"revenue":4.99,"currency":"USD"}}]})";
  };
  post("/batch/", body(server_key.text));
  EXPECT_EQ(stored().events.at(0).revenue_micros, 4'990'000);
  EXPECT_EQ(stored().events.at(0).flags & event::kServerValidated, event::kServerValidated);
  EXPECT_EQ(log.stored.size(), 1u) << "read twice, stored once";
  post("/batch/", body(write_key.text));
  EXPECT_FALSE(stored().events.at(0).revenue_micros);
  post("/batch/", body(server_key.text), {{"Origin", "https://game.example"}});
  EXPECT_EQ(answer->status, 401);
  EXPECT_EQ(log.stored.size(), 2u);
}

// A bug: a refused event was kept with the key inside of it, so that whoever reads the rejected events could send money
// that is believed.
TEST_F(SuspiciousIngestion, ARefusedEventIsKeptWithoutTheKeyInsideOfIt) {
  const auto kept = [this] {
    log.confirm_all();
    return event::decode_rejected(log.stored.back().payload)->rejected.at(0).raw;
  };
  const std::string masked = "gm_sk_" + std::string(32, '*');
  post("/track", R"([{"event":"","properties":{"token":")" + server_key.text + R"(","distinct_id":"u"}}])");
  EXPECT_EQ(kept(), R"({"event":"","properties":{"token":")" + masked + R"(","distinct_id":"u"}})");
  post("/v1/track", R"({"writeKey":")" + server_key.text + R"(","event":"a","userId":"null"})");
  EXPECT_THAT(std::string(kept()), HasSubstr(masked));
  post("/v1/events", R"({"key":")" + server_key.text, {{"Authorization", server_authorization}});
  EXPECT_EQ(kept(), R"({"key":")" + masked) << "a body that cannot be read";
}

TEST_F(IngestionFixture, MoneyOfAGameCountsByDefault) {
  send(kPurchase);
  log.confirm_all();
  const auto batch = event::decode_batch(log.stored.back().payload);
  EXPECT_EQ(batch->events.at(0).revenue_micros, 4'990'000);
  EXPECT_EQ(batch->events.at(0).flags & (event::kServerValidated | event::kRevenueNotValidated), 0);
}

TEST_F(IngestionFixture, WhatOnlyTheServerWritesIsLeftOutAndSaid) {
  send(
      R"({"events":[{"event":"a","player_id":"p","time":"2999-01-01T00:00:00Z","properties":{"$gm_x":1,"level":2}}]})");
  log.confirm_all();
  const auto batch = event::decode_batch(log.stored.back().payload);
  EXPECT_EQ(batch->events.at(0).properties, R"({"level":2})");
  EXPECT_THAT(answer->body, HasSubstr(R"("accepted":1,"rejected":0)"));
  EXPECT_THAT(answer->body, HasSubstr("property_reserved"));
  EXPECT_THAT(answer->body, HasSubstr("event_time_in_future")) << "each remark by itself";
  EXPECT_EQ(registry.counter(telemetry::kIngestWarnings, {"property_reserved"}).value(), 1u);
}

TEST_F(AddressIngestion, TheRequestsAddressIsTheLastThatATrustedProxySays) {
  constexpr const char* kOne = R"({"events":[{"event":"a","player_id":"p","properties":{"a":1}}]})";
  send(kOne);
  EXPECT_EQ(stored(), R"({"$ip":"198.51.100.7","a":1})");
  post("/v1/events", kOne, {{"Authorization", authorization}, {"X-Forwarded-For", "203.0.113.9"}});
  EXPECT_EQ(stored(), R"({"$ip":"198.51.100.7","a":1})") << "the peer is no proxy of ours";
  peer = "10.0.0.1";
  post("/v1/events", kOne, {{"Authorization", authorization}, {"X-Forwarded-For", "192.0.2.1, 203.0.113.9"}});
  EXPECT_EQ(stored(), R"({"$ip":"203.0.113.9","a":1})");
}

TEST_F(AddressIngestion, EachDialectsOwnFieldWins) {
  const std::string key = write_key.text;
  const std::pair<std::string, std::string> cases[] = {
      {"/batch/",
       R"({"api_key":")" + key + R"(","batch":[{"event":"a","distinct_id":"u","properties":{"$ip":"203.0.113.9"}}]})"},
      {"/v1/track", R"({"event":"a","userId":"u-1","context":{"ip":"203.0.113.9"},"writeKey":")" + key + R"("})"},
      {"/2/httpapi",
       R"({"api_key":")" + key + R"(","events":[{"event_type":"a","user_id":"u-1","ip":"203.0.113.9"}]})"},
      {"/track", R"([{"event":"a","properties":{"token":")" + key +
                     R"(","distinct_id":"u","time":1795435200,"ip":"203.0.113.9"}}])"},
      {"/i", "begin_session=1&device_id=d&ip_address=203.0.113.9&app_key=" + key},
      {"/com.snowplowanalytics.snowplow/tp2",
       R"({"data":[{"e":"pv","uid":"u","ip":"203.0.113.9","aid":")" + key + R"("}]})"},
  };
  for (const auto& [path, body] : cases) {
    post(path, body);
    EXPECT_THAT(stored(), HasSubstr(R"("$ip":"203.0.113.9")")) << path;
  }
}

TEST_F(AddressIngestion, WhatStandsForTheRequestsOwnAddressIsThat) {
  post("/2/httpapi",
       R"({"api_key":")" + write_key.text + R"(","events":[{"event_type":"a","user_id":"u-1","ip":"$remote"}]})");
  EXPECT_THAT(stored(), HasSubstr(R"("$ip":"198.51.100.7")"));
}

TEST_F(AddressIngestion, AStudiosServerIsNotWhereItsPlayersAre) {
  const std::string body = R"({"api_key":")" + server_key.text + R"(","batch":[{"event":"a","distinct_id":"u")";
  post("/batch/", body + "}]}");
  EXPECT_EQ(stored(), "{}");
  post("/batch/", body + R"(,"properties":{"$ip":"203.0.113.9"}}]})");
  EXPECT_EQ(stored(), R"({"$ip":"203.0.113.9"})");
}

TEST_F(AddressIngestion, ATrackerThatAsksForAnonymityGetsIt) {
  post("/com.snowplowanalytics.snowplow/tp2",
       R"({"data":[{"e":"pv","uid":"u","ip":"203.0.113.9","aid":")" + write_key.text + R"("}]})",
       {{"SP-Anonymous", "*"}});
  EXPECT_THAT(stored(), testing::Not(HasSubstr("$ip")));
}

TEST_F(TruncatingIngestion, OnlyTheNetworkIsStored) {
  send(R"({"events":[{"event":"a","player_id":"p"}]})");
  EXPECT_EQ(stored(), R"({"$ip":"198.51.100.0"})");
  send(R"({"events":[{"event":"a","player_id":"p","properties":{"$ip":"2001:db8:1:2::3"}}]})");
  EXPECT_EQ(stored(), R"({"$ip":"2001:db8:1::"})");
}

TEST_F(DroppingIngestion, NoAddressIsStored) {
  send(R"({"events":[{"event":"a","player_id":"p","properties":{"$ip":"203.0.113.9"}}]})");
  EXPECT_EQ(stored(), "{}");
  EXPECT_THAT(answer->body, testing::Not(HasSubstr("warning"))) << "nothing is wrong with it";
  post("/v1/track",
       R"({"event":"a","userId":"u-1","context":{"ip":"203.0.113.9"},"writeKey":")" + write_key.text + R"("})");
  EXPECT_THAT(stored(), testing::Not(HasSubstr("203.0")));
}

}  // namespace
}  // namespace gm::event_ingestion
