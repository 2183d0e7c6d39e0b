// Metrics by day, retention and top events over a real store.

#include "services/analytics_api/api_fixture_test.h"

namespace gm::analytics_api {
namespace {

using testing::ElementsAre;

constexpr std::string_view kWeek = "from=2026-11-17&to=2026-11-23";

store::DayDelta totals(ProjectId project, std::string_view date, int64_t players, int64_t events) {
  store::DayDelta row;
  row.project = project;
  row.date = day(date);
  row.players = players;
  row.events = events;
  return row;
}

store::PlayerDayDelta active(ProjectId project, std::string_view date, store::PlayerKey player, int sign = 1) {
  store::PlayerDayDelta row;
  row.project = project;
  row.date = day(date);
  row.player = player;
  row.cohort_date = day(date);
  row.active = sign;
  return row;
}

std::vector<double> values(const Json& answer) {
  std::vector<double> result;
  for (const auto& point : answer["points"])
    result.push_back(point["value"].is_null() ? -1.0 : point["value"].get<double>());
  return result;
}

struct NumbersTest : ApiTest {
  void SetUp() override {
    store::MicroBatch batch;
    auto first = totals(kGame, "2026-11-20", 10, 100);
    first.new_players = 4;
    first.sessions = 5;
    first.session_ms = 600'000;
    first.late_events = 20;
    first.revenue_micros = 7'500'000;
    first.payers = 2;
    // A correction: one player and 40 events of that day turn out to be on the 21st.
    auto back = totals(kGame, "2026-11-20", -1, -40);
    back.late_events = -5;
    batch.days = {first, back, totals(kGame, "2026-11-21", 1, 40), totals(kOtherGame, "2026-11-20", 777, 7777)};
    apply(batch);
  }
};

TEST_F(NumbersTest, SignedRowsAddUpAndDaysWithoutDataAreZero) {
  const Json answer = metric_json("dau", kWeek);
  EXPECT_THAT(values(answer), ElementsAre(0, 0, 0, 9, 1, 0, 0));
  EXPECT_EQ(answer["points"][3]["date"], "2026-11-20");
  EXPECT_TRUE(answer["total"].is_null());
}

TEST_F(NumbersTest, EveryAnswerStartsWithItsExplanation) {
  const http::Response response = metric("events", kWeek);
  EXPECT_TRUE(response.body.starts_with("{\"metric\":\"events\",\"title\":\"Events\",\"definition\":\""))
      << response.body;
  const Json answer = Json::parse(response.body);
  EXPECT_EQ(answer["unit"], "events");
  EXPECT_EQ(answer["timezone"], "UTC");
  EXPECT_EQ(answer["window"], "calendar day");
  EXPECT_EQ(answer["from"], "2026-11-17");
  EXPECT_EQ(answer["to"], "2026-11-23");
  EXPECT_EQ(answer["complete"], false);
  EXPECT_EQ(answer["late_share"], 0.15);  // 15 of 100
  EXPECT_EQ(answer["as_of"], "2026-11-23T12:00:00.000Z");
  EXPECT_EQ(answer["total"], 100);
}

TEST_F(NumbersTest, RatiosAreNullWithoutADenominatorAndTotalsAreRatiosOfSums) {
  const Json minutes = metric_json("session_minutes", kWeek);
  EXPECT_THAT(values(minutes), ElementsAre(-1, -1, -1, 2, -1, -1, -1));
  EXPECT_EQ(minutes["total"], 2);
  const Json arpdau = metric_json("arpdau", kWeek);
  EXPECT_DOUBLE_EQ(arpdau["points"][3]["value"].get<double>(), 7.5 / 9);
  EXPECT_DOUBLE_EQ(arpdau["total"].get<double>(), 0.75);  // 7.5 over 10 player days
  EXPECT_EQ(arpdau["unit"], "USD");
  EXPECT_THAT(values(metric_json("returning_players", kWeek)), ElementsAre(0, 0, 0, 5, 1, 0, 0));
}

TEST_F(NumbersTest, ProvisionalFollowsTheLateWindowAndTheProjectsDay) {
  // The window is 7 days: at noon on the 23rd the 15th is final and the 16th is not.
  const Json answer = metric_json("dau", "from=2026-11-15&to=2026-11-16");
  EXPECT_EQ(answer["points"][0]["provisional"], false);
  EXPECT_EQ(answer["points"][1]["provisional"], true);
  EXPECT_EQ(metric_json("dau", "from=2026-11-01&to=2026-11-15")["complete"], true);
}

TEST_F(NumbersTest, AsOfFallsBackToTheLastCommitWhileTheProcessorIsBehind) {
  facts.log_end = 901;
  EXPECT_EQ(metric_json("dau", kWeek)["as_of"], "2026-11-23T11:59:58.000Z");
  facts.last_commit_ms.reset();
  EXPECT_EQ(metric_json("dau", kWeek)["as_of"], "2026-10-01T00:00:00.000Z");
}

TEST_F(NumbersTest, AnotherProjectsNumbersAreInvisible) {
  for (const query::Metric& metric : query::metrics()) {
    const Json answer = metric_json(metric.name, "from=2026-11-22&to=2026-11-23");
    for (const double value : values(answer)) EXPECT_LE(value, 0) << metric.name;
  }
  const auto other = Json::parse(get("/api/v1/metrics/{name}", kWeek, other_project_key, "dau").body);
  EXPECT_THAT(values(other), ElementsAre(0, 0, 0, 777, 0, 0, 0));
  EXPECT_EQ(other["timezone"], "Asia/Shanghai");
}

TEST_F(NumbersTest, RollingPlayersAreDistinctAndReachBackBeforeTheRange) {
  store::MicroBatch batch;
  batch.player_days = {active(kGame, "2026-10-20", 1), active(kGame, "2026-11-16", 1), active(kGame, "2026-11-18", 1),
                       active(kGame, "2026-11-18", 2), active(kGame, "2026-11-18", 3),
                       // Player 3's day is taken back; player 2's is corrected and given again.
                       active(kGame, "2026-11-18", 3, -1), active(kGame, "2026-11-18", 2, -1),
                       active(kGame, "2026-11-18", 2), active(kOtherGame, "2026-11-18", 4)};
  batch.days = {totals(kGame, "2026-10-20", 1, 1), totals(kGame, "2026-11-16", 1, 1), totals(kGame, "2026-11-18", 2, 2),
                totals(kOtherGame, "2026-11-18", 1, 1)};
  apply(batch);
  EXPECT_THAT(values(metric_json("wau", kWeek)), ElementsAre(1, 2, 2, 2, 2, 2, 2));
  // The 20th of October is the 30th day back on the 18th of November, and no longer on the 19th; player 1 stays by his
  // other days.
  EXPECT_THAT(values(metric_json("mau", "from=2026-11-14&to=2026-11-19")), ElementsAre(1, 1, 1, 1, 2, 2));
  EXPECT_THAT(values(metric_json("mau", "from=2026-12-17&to=2026-12-19")), ElementsAre(2, 0, 0));
  EXPECT_THAT(values(metric_json("stickiness", kWeek)), ElementsAre(0, 1, 0, 0, 0, 0, 0));
  ASSERT_TRUE(folder.store->compact().ok());
  EXPECT_THAT(values(metric_json("wau", kWeek)), ElementsAre(1, 2, 2, 2, 2, 2, 2));
  // A late event of a fourth player, and one of the day that is running.
  store::MicroBatch late;
  late.player_days = {active(kGame, "2026-11-16", 5), active(kGame, "2026-11-23", 6)};
  late.days = {totals(kGame, "2026-11-16", 1, 1), totals(kGame, "2026-11-23", 1, 1)};
  apply(late);
  EXPECT_THAT(values(metric_json("wau", kWeek)), ElementsAre(2, 3, 3, 3, 3, 3, 3));
}

TEST_F(NumbersTest, RetentionLeavesIncompleteCellsOutOfTheAverage) {
  store::MicroBatch batch;
  const auto cohort = [&](ProjectId project, std::string_view cohort_date, std::string_view date, int64_t players) {
    batch.cohort_days.push_back({project, day(cohort_date), day(date), players, 0});
  };
  cohort(kGame, "2026-11-20", "2026-11-20", 10);
  cohort(kGame, "2026-11-20", "2026-11-21", 5);
  cohort(kGame, "2026-11-20", "2026-11-21", -1);
  cohort(kGame, "2026-11-20", "2026-11-23", 2);
  cohort(kGame, "2026-11-22", "2026-11-22", 30);
  cohort(kGame, "2026-11-22", "2026-11-23", 27);
  cohort(kOtherGame, "2026-11-20", "2026-11-20", 999);
  apply(batch);
  const Json answer = get_json("/api/v1/retention", "from=2026-11-20&to=2026-11-22&days=1,3");
  EXPECT_EQ(answer["metric"], "retention");
  EXPECT_EQ(answer["days"], Json({1, 3}));
  EXPECT_EQ(answer["cohorts"], Json::parse(R"([
    {"cohort_date":"2026-11-20","size":10,"cells":[{"day":1,"players":4,"share":0.4,"complete":true},
                                                   {"day":3,"players":2,"share":0.2,"complete":false}]},
    {"cohort_date":"2026-11-21","size":0,"cells":[]},
    {"cohort_date":"2026-11-22","size":30,"cells":[{"day":1,"players":27,"share":0.9,"complete":false}]}])"));
  EXPECT_EQ(answer["average"], Json::parse(R"([{"day":1,"share":0.4,"size":10},{"day":3,"share":null,"size":0}])"));
  EXPECT_EQ(answer["complete"], false);
}

TEST_F(NumbersTest, RetentionIsCompleteWhenItsLastCellIs) {
  EXPECT_EQ(get_json("/api/v1/retention", "from=2026-11-01&to=2026-11-08&days=7")["complete"], true);
  EXPECT_EQ(get_json("/api/v1/retention", "from=2026-11-01&to=2026-11-09&days=7")["complete"], false);
  EXPECT_EQ(get_json("/api/v1/retention", "from=2026-11-01&to=2026-11-08")["days"], Json({0, 1, 3, 7, 14, 30}));
}

TEST_F(NumbersTest, TopEventsAreOrderedAndSharesAreOfAllEvents) {
  store::MicroBatch batch;
  batch.event_days = {{kGame, day("2026-11-20"), "level_start", 30}, {kGame, day("2026-11-21"), "level_start", 20},
                      {kGame, day("2026-11-20"), "purchase", 10},    {kGame, day("2026-11-20"), "ad \"click\"", 10},
                      {kGame, day("2026-11-20"), "gone", 3},         {kGame, day("2026-11-20"), "gone", -3},
                      {kOtherGame, day("2026-11-20"), "secret", 500}};
  apply(batch);
  const Json rows = get_json("/api/v1/events/top", kWeek)["rows"];
  EXPECT_EQ(
      rows,
      Json::parse(R"([{"event":"level_start","events":50,"share":0.5},{"event":"ad \"click\"","events":10,"share":0.1},
                                  {"event":"purchase","events":10,"share":0.1}])"));
  EXPECT_EQ(get_json("/api/v1/events/top", std::string(kWeek) + "&limit=1")["rows"].size(), 1u);
}

}  // namespace
}  // namespace gm::analytics_api
