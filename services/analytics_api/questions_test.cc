// Questions over HTTP: what is refused, and how; exports; one player.

#include "services/analytics_api/api_fixture_test.h"

namespace gm::analytics_api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

struct QuestionsTest : ApiTest {
  http::Response ask(std::string_view kind, const std::string& body, std::string_view query = "",
                     std::string_view key = "") {
    const std::string authorization = "Bearer " + (key.empty() ? project_key : std::string(key));
    http::Request request;
    request.method = http::Method::post;
    request.query = query;
    request.body = body;
    request.headers.emplace_back("Authorization", authorization);
    request.path_parameters.push_back(kind);
    return router->handlers.at("/api/v1/query/{kind}")(request);
  }
  std::vector<std::string> pointers(std::string_view kind, const std::string& body, std::string_view query = "") {
    const auto response = ask(kind, body, query);
    EXPECT_EQ(response.status, 400) << response.body;
    std::vector<std::string> result;
    const Json problem = Json::parse(response.body);
    for (const auto& error : problem.at("errors")) result.push_back(error["pointer"]);
    return result;
  }
  // `name` happened to `player` in the project at noon of the day.
  void add(store::MicroBatch& batch, ProjectId project, store::PlayerKey key, const event::Event& event,
           std::string_view date) {
    store::EventRow row;
    row.project = project;
    row.player = key;
    row.date = day(date);
    row.time_ms = moment(std::string(date) + "T12:00:00Z") + static_cast<int64_t>(batch.events.size());
    row.event = &event;
    batch.events.push_back(row);
  }
};

constexpr const char* kRange = R"("from":"2026-11-01","to":"2026-11-02")";

TEST_F(QuestionsTest, EveryProblemOfAQuestionIsNamedAtOnce) {
  EXPECT_THAT(
      pointers("trend", R"({"from":"2026-11-31","series":[{"measure":"evnts"},{"measure":"sum"}],"top":0,"filtr":{}})"),
      UnorderedElementsAre("/from", "/to", "/top", "/series/0/measure", "/series/1/field", "/filtr"));
  EXPECT_THAT(pointers("trend", R"({"from":"2026-11-01","from":"2026-11-02","to":"2026-11-02","series":[{}]})"),
              ElementsAre(""));
  EXPECT_THAT(pointers("funnel", std::string("{") + kRange + R"(,"steps":["a"],"order":"any","exclusions":["x"]})"),
              UnorderedElementsAre("/steps", "/exclusions"));
  EXPECT_THAT(pointers("retention", std::string("{") + kRange + R"(,"days":[1,900]})"), ElementsAre("/days"));
  EXPECT_THAT(pointers("retention", std::string("{") + kRange + R"(,"type":"bracket","brackets":[[3,4],[1,2]]})"),
              ElementsAre("/brackets"));
  EXPECT_THAT(pointers("lifecycle", std::string("{") + kRange + R"(,"breakdown":["platform"]})"),
              ElementsAre("/breakdown"));
  EXPECT_THAT(pointers("segment", std::string("{") + kRange + R"(,"filter":{"field":"country","is":"set"}})"),
              ElementsAre("/filter"));
  EXPECT_THAT(pointers("metrics", std::string("{") + kRange + R"(,"metrics":["dau","nope"]})"),
              ElementsAre("/metrics/1"));
  EXPECT_THAT(pointers("trend", std::string("{") + kRange + R"(,"series":[{}],"formulas":["A/B"]})"),
              ElementsAre("/formulas/0"));
  EXPECT_THAT(pointers("trend", "[]"), testing::Contains(""));
  EXPECT_THAT(pointers("trend", "{"), ElementsAre(""));
  EXPECT_THAT(pointers("trend", std::string(70'000, ' ')), ElementsAre(""));
  EXPECT_THAT(pointers("trend", std::string("{") + kRange + R"(,"series":[{}]})", "format=xls"),
              ElementsAre("/format"));
}

TEST_F(QuestionsTest, ARowOfAFunnelHasOneEventOnly) {
  EXPECT_THAT(pointers("funnel", std::string("{") + kRange + R"(,"steps":["a","b"],"breakdown":["country","event"]})"),
              ElementsAre("/breakdown"));
}

TEST_F(QuestionsTest, AnUnknownKindIsToldWithThoseThereAre) {
  const auto response = ask("funel", "{}");
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.body, HasSubstr("funnel"));
}

TEST_F(QuestionsTest, APatternThatIsNoneIsTheRequestsFault) {
  const auto response = ask("trend", std::string("{") + kRange +
                                         R"(,"series":[{}],"filter":{"field":"country","is":"matches","value":"("}})");
  EXPECT_EQ(response.status, 400) << response.body;
  EXPECT_EQ(Json::parse(response.body)["code"], "gm-query-invalid");
}

TEST_F(QuestionsTest, ACellHasTheCoordinatesOfItsQuestion) {
  const std::string query = std::string("{") + kRange + R"(,"series":[{}]})";
  EXPECT_THAT(
      pointers("players", R"({"kind":"trend","query":)" + query + R"(,"cell":{"step":1,"date":"x","value":"y"}})"),
      UnorderedElementsAre("/cell/step", "/cell/date", "/cell/value"));
  EXPECT_THAT(pointers("players", R"({"kind":"trend","query":)" + query + R"(,"cell":{"series":"B"}})"),
              ElementsAre("/cell"));
  EXPECT_THAT(pointers("players", R"({"kind":"x"})"), UnorderedElementsAre("/kind", "/query"));
  EXPECT_THAT(pointers("players", R"({"kind":"trend","query":{"from":"2026-11-01"},"limit":0})"),
              testing::IsSupersetOf({"/query/to", "/query/series", "/limit"}));
}

TEST_F(QuestionsTest, HostileTextChangesNothing) {
  event::Event any;
  any.name = "x'; DROP TABLE events; --";
  any.player = "p";
  any.properties = R"({"a":"=1+1"})";
  store::MicroBatch batch;
  add(batch, kGame, 1, any, "2026-11-01");
  apply(batch);
  const std::string question =
      std::string("{") + kRange + R"(,"series":[{"event":"x'; DROP TABLE events; --"}],"breakdown":["property.a"]})";
  for (int i = 0; i < 2; ++i) {
    const Json answer = Json::parse(ask("trend", question).body);
    EXPECT_EQ(answer["totals"][0]["value"], 1) << answer;
  }
  // What a spreadsheet would run is made text.
  const auto csv = ask("trend", question, "format=csv");
  EXPECT_THAT(csv.content_type, HasSubstr("text/csv"));
  EXPECT_THAT(csv.body, HasSubstr("A,2026-11-01,'=1+1,false,1.0,"));
  const auto lines = ask("trend", question, "format=ndjson");
  EXPECT_EQ(Json::parse(lines.body.substr(0, lines.body.find('\n')))["property.a"], "=1+1");
}

TEST_F(QuestionsTest, AnotherProjectsRowsAreNeverSeen) {
  event::Event any;
  any.name = "tick";
  any.player = "p";
  any.properties = "{}";
  store::MicroBatch batch;
  add(batch, kGame, 1, any, "2026-11-01");
  add(batch, kOtherGame, 2, any, "2026-11-01");
  add(batch, kOtherGame, 2, any, "2026-11-02");
  for (const auto project : {kGame, kOtherGame}) {
    store::PlayerRow player;
    player.project = project;
    player.player = project == kGame ? 1 : 2;
    player.player_id = project == kGame ? "mine" : "theirs";
    player.version = 1;
    player.cohort_date = day("2026-11-01");
    batch.players.push_back(player);
    store::PlayerDayDelta active{project, day("2026-11-01"), player.player, day("2026-11-01"), 1, 0, 1, 0, 0, 0};
    batch.player_days.push_back(active);
  }
  apply(batch);
  const std::string trend = std::string("{") + kRange + R"(,"series":[{},{"measure":"players"}]})";
  EXPECT_EQ(Json::parse(ask("trend", trend).body)["totals"][0]["value"], 1);
  EXPECT_EQ(Json::parse(ask("trend", trend, "", other_project_key).body)["totals"][0]["value"], 2);
  for (const std::string kind : {"segment", "stickiness", "lifecycle", "churn", "retention"}) {
    const std::string listed = ask("players", R"({"kind":")" + kind + R"(","query":{)" + kRange + "}}").body;
    EXPECT_THAT(listed, HasSubstr("mine")) << kind << listed;
    EXPECT_THAT(listed, testing::Not(HasSubstr("theirs"))) << kind;
  }
  EXPECT_EQ(get("/api/v1/players/{id}/events", "", "", "theirs").status, 404);
  EXPECT_EQ(get_json("/api/v1/players", "search=theirs")["total"], 0);
}

TEST_F(QuestionsTest, IntervalsWithoutEventsCountAsRowsOfTheAnswer) {
  constexpr std::string_view kTenDays = R"({"from":"2026-11-01","to":"2026-11-10",)";
  ApiSettings few = settings;
  few.query.rows_max = 20;
  register_with(few);
  EXPECT_EQ(ask("trend", std::string(kTenDays) + R"("series":[{},{}]})").status, 200);
  const auto refused = ask("trend", std::string(kTenDays) + R"("series":[{},{}],"formulas":["A/B"]})");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(Json::parse(refused.body)["code"], "gm-query-too-large");
  EXPECT_EQ(ask("metrics", std::string(kTenDays) + R"("metrics":["dau","wau"]})").status, 200);
  EXPECT_EQ(ask("metrics", std::string(kTenDays) + R"("metrics":["dau","wau","mau"]})").status, 422);
}

TEST_F(QuestionsTest, ATimelineIsPagedNewestFirst) {
  event::Event any;
  any.name = "tick";
  any.player = "p";
  any.properties = R"({"n":1})";
  store::MicroBatch batch;
  store::PlayerRow player;
  player.project = kGame;
  player.player = 1;
  player.player_id = "p/1";
  player.version = 1;
  batch.players.push_back(player);
  for (const char* date : {"2026-11-01", "2026-11-01", "2026-11-03", "2026-11-09", "2026-11-09"}) {
    add(batch, kGame, 1, any, date);
    batch.player_days.push_back({kGame, day(date), 1, day("2026-11-01"), 1, 0, 1, 0, 0, 0});
  }
  // Two rows of one day add up to one active day.
  batch.player_days[1].active = batch.player_days[4].active = 0;
  apply(batch);
  std::vector<std::string> times;
  std::string before;
  do {
    const Json page = get_json("/api/v1/players/{id}/events", "limit=2" + before, "p/1");
    for (const auto& each : page["events"]) times.push_back(each["time"].get<std::string>().substr(0, 23));
    before = page["next"].is_null() ? "" : "&before=" + page["next"].get<std::string>();
  } while (!before.empty() && times.size() < 10);
  EXPECT_THAT(times, ElementsAre("2026-11-09T12:00:00.004", "2026-11-09T12:00:00.003", "2026-11-03T12:00:00.002",
                                 "2026-11-01T12:00:00.001", "2026-11-01T12:00:00.000"));
  EXPECT_EQ(get("/api/v1/players/{id}/events", "before=x", "", "p/1").status, 400);
}

}  // namespace
}  // namespace gm::analytics_api
