// Keys, errors, and the routes that are not about metrics.

#include <fstream>
#include <set>
#include <thread>

#include "lib/query/metric.h"
#include "lib/telemetry/catalog.h"
#include "services/analytics_api/api_fixture_test.h"

namespace gm::analytics_api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct RoutesTest : ApiTest {
  void expect_problem(const http::Response& response, int status, std::string_view code) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(response.content_type, "application/problem+json");
    EXPECT_EQ(Json::parse(response.body)["code"], code) << response.body;
  }
  std::vector<std::string> pointers(const http::Response& response) {
    expect_problem(response, 400, "gm-query-invalid");
    std::vector<std::string> result;
    const Json body = Json::parse(response.body);
    for (const auto& error : body["errors"]) result.push_back(error["pointer"]);
    return result;
  }
  template <typename Condition>
  bool soon(Condition condition) {
    for (int i = 0; i < 500; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
};

Json description() {
  std::ifstream file(GM_SOURCE_DIR "/schemas/openapi.json");
  return Json::parse(file);
}

TEST_F(RoutesTest, TheDescriptionHasEveryRouteAndNoOther) {
  std::set<std::string> registered, described;
  for (const auto& route : router->handlers) {
    if (route.first != "/graphql") registered.insert(route.first);  // described by its own schema
  }
  const Json api = description();
  for (const auto& path : api["paths"].items()) {
    const Json& tags = path.value().begin().value()["tags"];
    const bool of_another_service =
        path.key().starts_with("/api/v1/privacy/") || tags == Json{"people"} || tags == Json{"alerts"};
    if (path.key().starts_with("/api/") && !of_another_service) described.insert(path.key());
  }
  EXPECT_EQ(registered, described);
}

TEST_F(RoutesTest, TheDescriptionHasEveryMetric) {
  std::set<std::string> declared;
  for (const query::Metric& metric : query::metrics()) declared.insert(std::string(metric.name));
  EXPECT_EQ(description()["components"]["schemas"]["MetricName"]["enum"].get<std::set<std::string>>(), declared);
}

TEST_F(RoutesTest, TheContractsRoutesAreThere) {
  std::vector<std::string> patterns;
  for (const auto& [pattern, handler] : router->handlers) patterns.push_back(pattern);
  EXPECT_THAT(patterns,
              ElementsAre("/api/v1/events/top", "/api/v1/identity/links", "/api/v1/identity/links/{id}/undo",
                          "/api/v1/kept/{kind}", "/api/v1/kept/{kind}/{id}", "/api/v1/live", "/api/v1/live/stream",
                          "/api/v1/metrics", "/api/v1/metrics/{name}", "/api/v1/pipeline", "/api/v1/players",
                          "/api/v1/players/{id}/events", "/api/v1/project", "/api/v1/queries", "/api/v1/queries/{id}",
                          "/api/v1/query/{kind}", "/api/v1/rejected", "/api/v1/retention", "/api/v1/schema",
                          "/api/v1/schema/declare", "/api/v1/schema/forget", "/api/v1/schema/violations", "/api/v1/sql",
                          "/api/v1/sql/tables", "/graphql"));
  EXPECT_EQ(router->streams.count("/api/v1/live/stream"), 1u);
  EXPECT_EQ(router->streams.count("/graphql"), 1u);
}

TEST_F(RoutesTest, EveryRouteWantsAProjectKey) {
  for (const auto& [pattern, handler] : router->handlers) {
    expect_problem(get(pattern, "", "none", "dau"), 401, "gm-key-missing");
    expect_problem(get(pattern, "", "gm_pk_nonsense", "dau"), 401, "gm-key-unknown");
    expect_problem(get(pattern, "", write_key, "dau"), 403, "gm-key-wrong-kind");
  }
  expect_problem(get("/api/v1/metrics/{name}", "", "none", "no_such_metric"), 401, "gm-key-missing");
  auto stream = std::make_shared<RecordingStream>();
  expect_problem(open_stream(stream, write_key), 403, "gm-key-wrong-kind");
  EXPECT_EQ(live.listener_count(), 0u);
  EXPECT_EQ(counted(telemetry::kAuthFailures, "missing"), 26u);
  EXPECT_EQ(counted(telemetry::kAuthFailures, "unknown"), 25u);
  EXPECT_EQ(counted(telemetry::kAuthFailures, "wrong_kind"), 26u);
}

TEST_F(RoutesTest, AnUnknownMetricIsToldWithTheWayOut) {
  const auto response = metric("dua", "from=2026-11-01&to=2026-11-02");
  expect_problem(response, 404, "gm-metric-unknown");
  EXPECT_THAT(response.body, HasSubstr("/api/v1/metrics"));
}

TEST_F(RoutesTest, EveryWrongParameterIsNamed) {
  EXPECT_THAT(pointers(metric("dau", "")), ElementsAre("/from", "/to"));
  EXPECT_THAT(pointers(metric("dau", "from=2026-11-31&to=yesterday")), ElementsAre("/from", "/to"));
  EXPECT_THAT(pointers(metric("dau", "from=2026-11-02&to=2026-11-01")), ElementsAre("/from"));
  EXPECT_THAT(pointers(metric("dau", "from=2026-11-01&to=2026-11-02&form=x&a/b=1")), ElementsAre("/a~1b", "/form"));
  EXPECT_THAT(pointers(metric("dau", "from=2026-11-01&from=2026-11-01&to=2026-11-02")), ElementsAre("/from"));
  EXPECT_THAT(pointers(get("/api/v1/events/top", "from=2026-11-01&to=2026-11-02&limit=0")), ElementsAre("/limit"));
  EXPECT_THAT(pointers(get("/api/v1/retention", "from=2026-11-01&to=2026-11-02&days=1,,2")), ElementsAre("/days"));
  EXPECT_THAT(pointers(get("/api/v1/retention", "from=2026-11-01&to=2026-11-02&days=731")), ElementsAre("/days"));
  EXPECT_THAT(pointers(get("/api/v1/rejected", "limit=501&before=-1&reason=")),
              ElementsAre("/limit", "/before", "/reason"));
  for (const std::string route : {"/api/v1/project", "/api/v1/metrics", "/api/v1/live", "/api/v1/pipeline"}) {
    EXPECT_THAT(pointers(get(route, "x=1")), ElementsAre("/x")) << route;
  }
  EXPECT_EQ(counted(telemetry::kQueryErrors, "user"), 13u);
}

TEST_F(RoutesTest, TheRangeIsLimitedByItsSetting) {
  EXPECT_EQ(metric("dau", "from=2024-11-23&to=2026-11-23").status, 200);  // 731 days
  EXPECT_THAT(pointers(metric("dau", "from=2024-11-22&to=2026-11-23")), ElementsAre("/to"));
}

TEST_F(RoutesTest, ParametersMayBePercentEncoded) {
  EXPECT_EQ(metric("dau", "fr%6fm=2026%2D11-01&to=2026-11-02").status, 200);
}

TEST_F(RoutesTest, HostileTextStaysAValue) {
  EXPECT_THAT(pointers(get("/api/v1/rejected", "reason=x'%3B%20DROP%20TABLE%20events--")), ElementsAre("/reason"));
  EXPECT_THAT(pointers(get("/api/v1/rejected", "reason=%ff%00")), ElementsAre("/reason"));
  EXPECT_EQ(pointers(get("/api/v1/rejected", "%ff=1")).size(), 1u);
  expect_problem(metric("\xff", ""), 404, "gm-metric-unknown");
  EXPECT_EQ(get_json("/api/v1/project")["events"], 0);
}

TEST_F(RoutesTest, AnswersAreNeverCached) {
  EXPECT_THAT(get("/api/v1/project").headers,
              testing::Contains(std::pair<std::string, std::string>("Cache-Control", "no-store")));
}

TEST_F(RoutesTest, TheMetricListIsTheCatalogue) {
  const Json list = get_json("/api/v1/metrics")["metrics"];
  ASSERT_EQ(list.size(), query::metrics().size());
  EXPECT_EQ(list[0]["name"], "dau");
  for (const auto& metric : list) {
    EXPECT_EQ(metric.size(), 6u);
    const auto* declared = query::find_metric(metric["name"].get<std::string>());
    EXPECT_EQ(metric["unit"], declared->unit == query::kCurrencyUnit ? "USD" : declared->unit);
  }
}

TEST_F(RoutesTest, AStoreThatIsDownIsToldAsSuch) {
  metadata.down = true;
  const auto response = get("/api/v1/project");
  expect_problem(response, 503, "gm-store-unavailable");
  EXPECT_THAT(response.headers, testing::Contains(std::pair<std::string, std::string>("Retry-After", "1")));
  EXPECT_EQ(counted(telemetry::kQueryErrors, "internal"), 1u);
}

TEST_F(RoutesTest, TheTraceIdOfAFailureLeadsToItsCauseInTheLog) {
  for (const char* code : {"gm-query-invalid", "gm-store-unavailable", "gm-query-timeout"}) {
    fail_with(code);
    lines.clear();
    const auto response = get("/api/v1/rejected");
    ASSERT_GE(response.status, 500);
    ASSERT_EQ(lines.size(), 1u) << code;
    const Json line = Json::parse(lines.front());
    EXPECT_EQ(line["trace_id"], Json::parse(response.body)["trace_id"]);
    EXPECT_EQ(line["code"], code);
    EXPECT_EQ(line["detail"], "made to fail");
    EXPECT_EQ(line["route"], "/api/v1/rejected");
    EXPECT_EQ(line["status"], response.status);
  }
  fail_with("gm-query-too-large");
  lines.clear();
  EXPECT_EQ(get("/api/v1/rejected").status, 422);
  EXPECT_TRUE(lines.empty());
}

TEST_F(RoutesTest, EveryFailureOfTheStoreHasItsCodeOnEveryRoute) {
  struct Expected {
    const char* from_store;
    int status;
    const char* code;
    const char* counted_as;
  };
  for (const Expected& expected : {Expected{"gm-store-unavailable", 503, "gm-store-unavailable", "internal"},
                                   Expected{"gm-query-timeout", 504, "gm-query-timeout", "timeout"},
                                   Expected{"gm-query-too-large", 422, "gm-query-too-large", "user"},
                                   Expected{"gm-query-invalid", 500, "gm-internal", "internal"}}) {
    fail_with(expected.from_store);
    const uint64_t before = counted(telemetry::kQueryErrors, expected.counted_as);
    const std::string range = "from=2026-11-01&to=2026-11-02";
    expect_problem(get("/api/v1/project"), expected.status, expected.code);
    expect_problem(get("/api/v1/retention", range), expected.status, expected.code);
    expect_problem(get("/api/v1/events/top", range), expected.status, expected.code);
    expect_problem(get("/api/v1/rejected"), expected.status, expected.code);
    for (const auto& each : query::metrics()) expect_problem(metric(each.name, range), expected.status, expected.code);
    EXPECT_EQ(counted(telemetry::kQueryErrors, expected.counted_as), before + 4 + query::metrics().size());
  }
}

TEST_F(RoutesTest, TheProjectKnowsItsFirstAndLastEvent) {
  EXPECT_EQ(get_json("/api/v1/project"),
            Json::parse(R"({"project":1,"name":"Demo game","timezone":"UTC","currency":"USD",
    "created_at":"2026-10-01T00:00:00.000Z","first_event_at":null,"last_event_at":null,"events":0})"));
  event::Event any;
  any.name = "tick";
  any.player = "p";
  any.properties = "{}";
  store::MicroBatch batch;
  const auto add = [&](ProjectId project, std::string_view time) {
    store::EventRow row;
    row.project = project;
    row.date = day(time.substr(0, 10));
    row.time_ms = moment(time);
    row.event = &any;
    batch.events.push_back(row);
    store::DayDelta totals;
    totals.project = project;
    totals.date = row.date;
    totals.events = 1;
    batch.days.push_back(totals);
  };
  add(kGame, "2026-11-20T10:00:00Z");
  add(kGame, "2026-11-20T09:00:00.120Z");
  add(kGame, "2026-11-22T23:59:59.999Z");
  add(kOtherGame, "2026-11-23T01:00:00Z");
  apply(batch);
  const Json project = get_json("/api/v1/project");
  EXPECT_EQ(project["events"], 3);
  EXPECT_EQ(project["first_event_at"], "2026-11-20T09:00:00.120Z");
  EXPECT_EQ(project["last_event_at"], "2026-11-22T23:59:59.999Z");
}

TEST_F(RoutesTest, RejectedEventsArePagedNewestFirst) {
  store::MicroBatch batch;
  for (int i = 0; i < 5; ++i) {
    batch.rejected.push_back({i == 3 ? kOtherGame : kGame, moment("2026-11-23T09:00:00Z") + i, event::Source::posthog,
                              i == 1 ? "event_name_missing" : "player_id_missing", "a detail", "{\"raw\": \"\\u00e4\"}",
                              0, static_cast<log::Offset>(100 + i)});
  }
  apply(batch);
  const Json first = get_json("/api/v1/rejected", "limit=2");
  EXPECT_EQ(first["total"], 4);
  EXPECT_EQ(first["reasons"],
            Json::parse(R"([{"reason":"player_id_missing","events":3},{"reason":"event_name_missing","events":1}])"));
  EXPECT_EQ(first["rows"][0],
            Json::parse(R"({"offset":104,"received_at":"2026-11-23T09:00:00.004Z","reason":"player_id_missing",
    "detail":"a detail","source":"posthog","raw":"{\"raw\": \"\\u00e4\"}"})"));
  EXPECT_EQ(first["rows"][1]["offset"], 102);
  EXPECT_EQ(first["next"], 102);
  const Json second = get_json("/api/v1/rejected", "limit=2&before=102");
  EXPECT_EQ(second["rows"][0]["offset"], 101);
  EXPECT_EQ(second["rows"][1]["offset"], 100);
  EXPECT_TRUE(second["next"].is_null());
  const Json filtered = get_json("/api/v1/rejected", "reason=event_name_missing");
  EXPECT_EQ(filtered["total"], 1);
  EXPECT_EQ(filtered["rows"].size(), 1u);
  EXPECT_EQ(filtered["reasons"].size(), 2u);
}

TEST_F(RoutesTest, ThePipelineTellsItsLag) {
  EXPECT_EQ(get_json("/api/v1/pipeline"),
            Json::parse(R"({"log_end":900,"processed":900,"lag_events":0,"stored":883,"duplicates":10,
    "rejected":7,"last_commit_at":"2026-11-23T11:59:58.000Z"})"));
  facts = {};
  facts.log_end = 10;
  facts.processed = 4;
  const Json behind = get_json("/api/v1/pipeline");
  EXPECT_EQ(behind["lag_events"], 6);
  EXPECT_TRUE(behind["last_commit_at"].is_null());
}

store::LiveEvent purchase() {
  store::LiveEvent event;
  event.time_ms = moment("2026-11-23T11:59:00Z");
  event.received_ms = event.time_ms + 250;
  event.event = "purchase";
  event.player = "p-17";
  event.country = "DE";
  event.platform = "ios";
  event.revenue_micros = 4'990'000;
  event.currency = "USD";
  event.properties = "{\n  \"price\": 9007199254740993\r\n}";
  return event;
}

TEST_F(RoutesTest, TheLiveViewShowsTheFeed) {
  store::LiveEvent plain;
  plain.time_ms = plain.received_ms = 0;
  plain.event = "tick \"x\"";
  plain.player = "p";
  live.snapshots[kGame] = {0, 3, 9, {{moment("2026-11-23T11:59:00Z"), 10, 4}}, {purchase(), plain}};
  const http::Response response = get("/api/v1/live");
  EXPECT_THAT(response.body, HasSubstr("9007199254740993"));  // properties are passed on as sent, not through doubles
  EXPECT_EQ(Json::parse(response.body),
            Json::parse(R"({"as_of":"2026-11-23T12:00:00.000Z","players_5_min":3,"players_30_min":9,
    "minutes":[{"minute":"2026-11-23T11:59:00.000Z","events":10,"players":4}],
    "events":[{"time":"2026-11-23T11:59:00.000Z","received_at":"2026-11-23T11:59:00.250Z","event":"purchase","player_id":"p-17",
               "country":"DE","platform":"ios","build":null,"revenue":4.99,"currency":"USD","properties":{"price":9007199254740993}},
              {"time":"1970-01-01T00:00:00.000Z","received_at":"1970-01-01T00:00:00.000Z","event":"tick \"x\"","player_id":"p",
               "country":null,"platform":null,"build":null,"revenue":null,"currency":null,"properties":{}}]})"));
  EXPECT_TRUE(Json::parse(get("/api/v1/live", "", other_project_key).body)["events"].empty());
}

TEST_F(RoutesTest, AStreamHearsItsProjectsEventsOnly) {
  auto stream = std::make_shared<RecordingStream>();
  const http::Response response = open_stream(stream);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/event-stream");
  live.publish(kOtherGame, {purchase()});
  EXPECT_EQ(stream->sent(), "");
  live.publish(kGame, {purchase()});
  const std::string sent = stream->sent();
  EXPECT_TRUE(sent.starts_with("event: event\ndata: {\"time\":")) << sent;
  EXPECT_TRUE(sent.ends_with("}\n\n")) << sent;
  EXPECT_EQ(std::count(sent.begin(), sent.end(), '\n'), 3) << sent;  // one data line, whatever the properties look like
}

TEST_F(RoutesTest, AClosedStreamIsUnsubscribedWhenAnEventFindsOut) {
  auto stream = std::make_shared<RecordingStream>();
  open_stream(stream);
  EXPECT_EQ(live.listener_count(), 1u);
  stream->close();
  live.publish(kGame, {purchase()});
  EXPECT_TRUE(soon([&] { return live.listener_count() == 0; }));
  EXPECT_EQ(counted(telemetry::kLiveDropped, "stream_closed_or_slow"), 1u);
  EXPECT_TRUE(soon([&] { return stream.use_count() == 1; }));
}

TEST_F(RoutesTest, QuietStreamsGetCommentsAndClosedOnesAreFoundByThem) {
  settings.live_keep_alive_ms = 10;
  register_with(settings);
  auto quiet = std::make_shared<RecordingStream>();
  auto closed = std::make_shared<RecordingStream>();
  open_stream(quiet);
  open_stream(closed);
  EXPECT_TRUE(soon([&] { return quiet->sent().find(": keep-alive\n\n") != std::string::npos; }));
  closed->close();
  EXPECT_TRUE(soon([&] { return live.listener_count() == 1; }));
}

TEST_F(RoutesTest, StreamsAreBounded) {
  settings.live_streams_max = 2;
  register_with(settings);
  open_stream(std::make_shared<RecordingStream>());
  open_stream(std::make_shared<RecordingStream>());
  expect_problem(open_stream(std::make_shared<RecordingStream>()), 503, "gm-overloaded");
  EXPECT_EQ(live.listener_count(), 2u);
}

TEST_F(RoutesTest, AStreamTakesNoParameters) {
  EXPECT_THAT(pointers(open_stream(std::make_shared<RecordingStream>(), "", "x=1")), ElementsAre("/x"));
}

TEST_F(RoutesTest, WithTheRoutesGoTheirSubscriptions) {
  open_stream(std::make_shared<RecordingStream>());
  router.reset();
  EXPECT_EQ(live.listener_count(), 0u);
}

}  // namespace
}  // namespace gm::analytics_api
