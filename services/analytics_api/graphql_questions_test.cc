// Questions, the players behind their cells, and players, by GraphQL: what REST answers, in GraphQL's words.

#include "lib/query/analysis/question_reader.h"
#include "services/analytics_api/api_fixture_test.h"

namespace gm::analytics_api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct GraphqlQuestionsTest : ApiTest {
  GraphqlQuestionsTest() {
    any.name = "tick";
    any.player = "p";
    any.properties = "{}";
    add(kGame, 1, "mine-1", {"2026-11-01", "2026-11-02"});
    add(kGame, 2, "mine-2", {"2026-11-02"});
    add(kGame, 3, "mine-3", {"2026-11-02"});
    add(kOtherGame, 4, "theirs", {"2026-11-01", "2026-11-02", "2026-11-02"});
    apply(batch);
  }
  void add(ProjectId project, store::PlayerKey key, std::string id, std::vector<std::string> dates) {
    store::PlayerRow player;
    player.project = project;
    player.player = key;
    player.player_id = std::move(id);
    player.version = 1;
    player.cohort_date = day(dates.front());
    batch.players.push_back(player);
    for (const std::string& date : dates) {
      store::EventRow row;
      row.project = project;
      row.player = key;
      row.date = day(date);
      row.time_ms = moment(date + "T12:00:00Z") + static_cast<int64_t>(batch.events.size());
      row.event = &any;
      batch.events.push_back(row);
      batch.player_days.push_back({project, day(date), key, player.cohort_date, 1, 0, 1, 0, 0, 0});
    }
  }
  Json graphql(std::string_view query, const Json& variables, std::string_view key = "") {
    const std::string authorization = "Bearer " + (key.empty() ? project_key : std::string(key));
    const std::string body = Json{{"query", query}, {"variables", variables}}.dump();
    http::Request request;
    request.method = http::Method::post;
    request.body = body;
    request.headers = {{"Authorization", authorization}, {"Content-Type", "application/json"}};
    return Json::parse(router->streams.at("/graphql")(request, std::make_shared<RecordingStream>()).body);
  }
  Json rest(std::string_view kind, const Json& body) {
    const std::string authorization = "Bearer " + project_key, text = body.dump();
    http::Request request;
    request.method = http::Method::post;
    request.body = text;
    request.headers.emplace_back("Authorization", authorization);
    request.path_parameters.push_back(kind);
    return Json::parse(router->handlers.at("/api/v1/query/{kind}")(request).body);
  }

  event::Event any;
  store::MicroBatch batch;
};

constexpr std::string_view kQuestion = R"(query ($kind: QuestionKind!, $query: JSON!) {
  question(kind: $kind, query: $query) {
    explanation { timeZone asOf } engine engineReason facts columns { name type coordinate } rows tables { name columns { name } rows }
  }
})";
constexpr std::string_view kBehind = R"(query ($query: JSON!, $cell: JSON, $first: Int!, $after: String) {
  playersBehind(kind: trend, query: $query, cell: $cell, first: $first, after: $after) {
    totalCount nodes { playerId events } edges { cursor } pageInfo { hasNextPage hasPreviousPage endCursor }
  }
})";
const Json kTrend = {{"from", "2026-11-01"},
                     {"to", "2026-11-02"},
                     {"series", {{{"event", "tick"}, {"measure", "players"}}}},
                     {"breakdown", {"country"}}};

TEST_F(GraphqlQuestionsTest, AQuestionHasTheSameAnswerAsByRest) {
  const Json by_rest = rest("trend", kTrend);
  const Json answer = graphql(kQuestion, {{"kind", "trend"}, {"query", kTrend}});
  ASSERT_FALSE(answer.contains("errors")) << answer;
  const Json& question = answer["data"]["question"];
  EXPECT_EQ(question["rows"], by_rest["rows"]);
  EXPECT_EQ(question["columns"], by_rest["columns"]);
  EXPECT_EQ(question["engine"], by_rest["engine"]);
  EXPECT_EQ(question["explanation"]["timeZone"], by_rest["timezone"]);
  ASSERT_EQ(question["tables"].size(), 2u);
  EXPECT_EQ(question["tables"][1]["name"], "totals");
  EXPECT_EQ(question["tables"][1]["rows"], by_rest["totals"]);
  EXPECT_GT(question["tables"][1]["rows"][0]["value"], 0);
}

TEST_F(GraphqlQuestionsTest, EveryKindIsThereAndNoOther) {
  const Json found = graphql(R"({ __type(name: "QuestionKind") { enumValues { name } } })", Json::object());
  std::vector<std::string> names;
  for (const auto& value : found["data"]["__type"]["enumValues"]) names.push_back(value["name"]);
  EXPECT_THAT(names, testing::UnorderedElementsAreArray(query::question_kinds()));
}

TEST_F(GraphqlQuestionsTest, EverythingThatIsWrongIsNamedWithItsPlace) {
  const Json answer = graphql(kQuestion, {{"kind", "trend"}, {"query", {{"from", "2026-11-31"}, {"filtr", 1}}}});
  EXPECT_EQ(answer["errors"][0]["extensions"]["code"], "gm-query-invalid");
  for (const char* pointer : {"/from: ", "/to: ", "/series: ", "/filtr: "})
    EXPECT_THAT(answer["errors"][0]["message"].get<std::string>(), HasSubstr(pointer));
  const Json no_object = graphql(kQuestion, {{"kind", "funnel"}, {"query", "text"}});
  EXPECT_EQ(no_object["errors"][0]["extensions"]["code"], "gm-query-invalid") << no_object;
}

TEST_F(GraphqlQuestionsTest, AMemberThatStandsTwiceInAQuestionIsRefused) {
  const Json answer = graphql(R"({ question(kind: trend, query: {from: "2026-11-01", to: "2026-11-02", to: "2026-11-03",
      series: [{event: "tick"}]}) { engine } })",
                              Json::object());
  EXPECT_THAT(answer["errors"][0]["message"].get<std::string>(), HasSubstr("the field to is given twice"));
}

TEST_F(GraphqlQuestionsTest, ThePlayersBehindACellArePaged) {
  const Json cell = {{"date", "2026-11-02"}};
  std::vector<std::string> ids;
  Json after;
  for (int page = 0; page < 3; ++page) {
    const Json answer = graphql(kBehind, {{"query", kTrend}, {"cell", cell}, {"first", 2}, {"after", after}});
    ASSERT_FALSE(answer.contains("errors")) << answer;
    const Json& found = answer["data"]["playersBehind"];
    EXPECT_EQ(found["totalCount"], 3);
    EXPECT_EQ(found["pageInfo"]["hasPreviousPage"], page > 0);
    for (const auto& node : found["nodes"]) ids.push_back(node["playerId"]);
    after = found["pageInfo"]["endCursor"];
    if (!found["pageInfo"]["hasNextPage"].get<bool>()) break;
  }
  EXPECT_THAT(ids, ElementsAre("mine-1", "mine-2", "mine-3"));
  const Json wrong = graphql(kBehind, {{"query", kTrend}, {"cell", {{"nothing", 1}}}, {"first", 2}});
  EXPECT_EQ(wrong["errors"][0]["extensions"]["code"], "gm-query-invalid");
  EXPECT_THAT(wrong["errors"][0]["message"].get<std::string>(), HasSubstr("/cell"));
}

TEST_F(GraphqlQuestionsTest, PlayersAndTheirEventsAreThoseOfTheKeysProject) {
  constexpr std::string_view kPlayers =
      R"(query ($search: String) { players(search: $search) { totalCount nodes { playerId } } })";
  EXPECT_EQ(graphql(kPlayers, {{"search", "mine"}})["data"]["players"]["totalCount"], 3);
  EXPECT_EQ(graphql(kPlayers, {{"search", "theirs"}})["data"]["players"]["totalCount"], 0);
  EXPECT_EQ(graphql(kPlayers, {{"search", "theirs"}}, other_project_key)["data"]["players"]["totalCount"], 1);

  constexpr std::string_view kTimeline = R"(query ($player: String!, $after: String) {
    timeline(player: $player, first: 1, after: $after) { nodes { event time } endCursor }
  })";
  const Json first = graphql(kTimeline, {{"player", "mine-1"}});
  ASSERT_FALSE(first.contains("errors")) << first;
  EXPECT_THAT(first["data"]["timeline"]["nodes"][0]["time"].get<std::string>(), testing::StartsWith("2026-11-02"));
  const Json second = graphql(kTimeline, {{"player", "mine-1"}, {"after", first["data"]["timeline"]["endCursor"]}});
  EXPECT_THAT(second["data"]["timeline"]["nodes"][0]["time"].get<std::string>(), testing::StartsWith("2026-11-01"));
  EXPECT_TRUE(graphql(kTimeline, {{"player", "theirs"}}).at("data").at("timeline").is_null());
}

}  // namespace
}  // namespace gm::analytics_api
