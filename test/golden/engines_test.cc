// The behaviour index and SQL give the same answer: over generated games and generated questions, every number of it
// and every player behind it.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>
#include <thread>

#include "test/golden/generated_game.h"
#include "test/golden/golden_world.h"

namespace gm::golden {
namespace {

constexpr int kQuestions = 45;
constexpr size_t kCellsMax = 4;  // of one answer

// Questions that the index can answer, as a rule.
class QuestionMaker {
 public:
  explicit QuestionMaker(uint64_t seed) : random_(seed) {}

  std::pair<std::string, Json> next() {
    switch (random_.below(5)) {
      case 0:
        return {"trend", trend()};
      case 1:
      case 2:
        return {"retention", retention()};
      default:
        return {"funnel", funnel()};
    }
  }

 private:
  bool one_in(uint64_t n) { return random_.below(n) == 0; }
  std::string pick(std::initializer_list<const char*> words) { return *(words.begin() + random_.below(words.size())); }

  Json rule() {
    const std::string field = pick({"country", "platform", "build", "source"});
    const std::string value = pick({"DE", "US", "ios", "web", "1.0", "native", "never"});
    switch (random_.below(5)) {
      case 0:
        return {{"field", field}, {"is", pick({"set", "not_set"})}};
      case 1:
        return {{"field", field}, {"is", pick({"in", "not_in"})}, {"values", {value, "FR", "web"}}};
      default:
        return {{"field", field}, {"is", pick({"equals", "not_equals"})}, {"value", value}};
    }
  }
  Json condition() {
    switch (random_.below(6)) {
      case 0:
        return {{"all", {rule(), rule()}}};
      case 1:
        return {{"not", rule()}};
      case 2:
        return {{"not", {{"any", {rule(), rule()}}}}};
      case 3:  // not of the index
        return {{"any", {rule(), rule()}}};
      default:
        return rule();
    }
  }
  Json choice() {
    const std::string event = pick({"open", "play", "buy", "level_start", "never"});
    if (one_in(4)) return {{"event", event}, {"where", condition()}};
    if (one_in(8)) return {{"where", rule()}};  // any event
    return event;
  }
  Json question() {
    Json question = framed(Json::object());
    if (one_in(3)) question["filter"] = condition();
    if (one_in(2)) {
      question["breakdown"] = {pick({"country", "platform", "build", "source"})};
      question["top"] = 1 + random_.below(4);
    }
    return question;
  }

  Json trend() {
    Json trend = question();
    trend["series"] = Json::array({{{"event", pick({"play", "buy"})}, {"measure", pick({"events", "players"})}}});
    if (one_in(3)) trend["series"][0]["where"] = condition();
    if (!trend.contains("breakdown") && one_in(2))
      trend["series"].push_back({{"event", "open"}, {"measure", "players"}});
    if (one_in(3)) trend["compare"] = "previous";
    return trend;
  }
  Json retention() {
    Json retention = question();
    retention["type"] = pick({"classic", "rolling", "return", "full", "bracket"});
    if (retention["type"] == "bracket") {
      retention["brackets"] = {{0, 0}, {1, 2}, {4, 6}};
    } else {
      retention["days"] = {0, 1, 2, 5};
    }
    retention["window"] = pick({"calendar_day", "24_hours"});
    if (!one_in(4)) retention["start"] = choice();
    if (!one_in(3)) retention["return"] = choice();
    return retention;
  }
  Json funnel() {
    Json funnel = question();
    for (uint64_t n = 2 + random_.below(3); n > 0; --n) funnel["steps"].push_back(choice());
    funnel["order"] = pick({"ordered", "ordered", "strict", "any"});
    if (funnel["order"] != "any" && one_in(3)) funnel["exclusions"].push_back(choice());
    funnel["window_seconds"] = one_in(2) ? 7 * 24 * 3600 : 3600 * (1 + random_.below(72));
    return funnel;
  }

  SeededRandom random_;
};

// Rounding of sums of doubles apart.
bool same(const Json& a, const Json& b) {
  if (a.is_object()) {
    return b.is_object() && a.size() == b.size() && std::all_of(a.items().begin(), a.items().end(), [&](const auto& m) {
             return b.contains(m.key()) && same(m.value(), b[m.key()]);
           });
  }
  if (a.is_array()) return b.is_array() && std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
  if (a.is_number_float() || b.is_number_float())
    return a.is_number() && b.is_number() &&
           std::abs(a.get<double>() - b.get<double>()) <= 1e-9 * std::max(1.0, std::abs(b.get<double>()));
  return a == b;
}

Json asked(World& world, const std::string& kind, const Json& question) {
  const http::Response response = world.ask(kind, question.dump());
  EXPECT_EQ(response.status, 200) << kind << " " << question << response.body;
  return Json::parse(response.body);
}

// Runs with events of a link that was taken back are rewritten once everything is there.
Json asked_of_the_index(World& world, const std::string& kind, const Json& question) {
  for (int i = 0; i < 1000; ++i) {
    Json answer = asked(world, kind, question);
    if (answer["engine_reason"] != "behind") return answer;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ADD_FAILURE() << "the index stays behind";
  return asked(world, kind, question);
}

Json without_engine(Json answer) {
  answer.erase("engine");
  answer.erase("engine_reason");
  return answer;
}

struct Compared {
  int by_index = 0, by_sql = 0, cells = 0;
  size_t players = 0;
};

void compare_cell(World& world, const std::string& kind, const Json& question, const Json& cell, Compared& compared) {
  const Json about = {{"kind", kind}, {"query", question}, {"cell", cell}, {"limit", 1000}};
  const Json by_index = asked(world, "players", about);
  const Json by_sql = asked(world, "players", with(about, "query", with(question, "engine", "sql")));
  EXPECT_EQ(by_index, by_sql) << about;
  compared.players += by_sql["players"].size();
  ++compared.cells;
}

std::vector<const char*> values_of(const std::string& kind) {
  if (kind == "funnel") return {"players", "dropped"};
  return {kind == "trend" ? "value" : "players"};
}

void compare(World& world, const std::string& kind, const Json& question, Compared& compared) {
  const Json answer = asked_of_the_index(world, kind, question);
  const Json by_sql = asked(world, kind, with(question, "engine", "sql"));
  EXPECT_TRUE(same(without_engine(answer), without_engine(by_sql)))
      << kind << " " << question << "\nindex " << answer.dump() << "\nsql   " << by_sql.dump();
  EXPECT_EQ(by_sql["engine_reason"], "asked");
  if (answer["engine"] != "index") {
    ++compared.by_sql;
    return;
  }
  ++compared.by_index;
  const size_t rows = answer["rows"].size(), stride = 1 + rows / kCellsMax;
  for (size_t i = rows > 0 ? compared.cells % stride : 0; i < rows; i += stride) {
    for (const char* value : values_of(kind)) {
      Json cell = cell_of(answer, answer["rows"][i]);
      if (kind == "funnel") cell["value"] = value;
      compare_cell(world, kind, question, cell, compared);
    }
  }
}

// Ids that are another player's now.
int world_links(World& world) {
  const Json answer = Json::parse(world.get("/api/v1/identity/links?limit=500").body);
  const auto& links = answer["links"];
  return static_cast<int>(std::count_if(links.begin(), links.end(), [](const Json& link) {
    return link["outcome"] == "joined" && link["undone_at"].is_null();
  }));
}

class EnginesTest : public testing::TestWithParam<uint64_t> {};

void compare_many(World& world, uint64_t seed, size_t players_min) {
  QuestionMaker maker(seed);
  Compared compared;
  for (int i = 0; i < kQuestions && !testing::Test::HasFailure(); ++i) {
    const auto [kind, question] = maker.next();
    compare(world, kind, question, compared);
  }
  EXPECT_GT(compared.by_index, kQuestions / 2);
  EXPECT_GT(compared.by_sql, 0);
  EXPECT_GT(compared.cells, 60);
  EXPECT_GT(compared.players, players_min);
}

TEST_P(EnginesTest, IndexAndSqlGiveTheSameCellsAndTheSamePlayers) {
  World world(made_game(GetParam()));
  compare_many(world, GetParam() + 1000, 100);
}

TEST_P(EnginesTest, AlsoWhereIdsAreOnePlayerAndLinksAreTakenBack) {
  World world(joined_game(GetParam() + 100));
  EXPECT_GT(world_links(world), 5);
  compare_many(world, GetParam() + 2000, 50);  // fewer players stand behind a cell
}

INSTANTIATE_TEST_SUITE_P(Seeds, EnginesTest, testing::Values(1, 2, 3));

// Cells that name only a part of their coordinates, or something that no fact has.
TEST(EngineCellsTest, CellsWithoutACoordinateListTheSamePlayers) {
  World world(made_game(5));
  const Json divided = framed({{"breakdown", {"country"}}, {"top", 2}});
  const Json funnel = with(divided, "steps", {"open", "play", "buy"});
  const Json retention = with(with(with(divided, "days", {0, 1, 2}), "start", "open"), "return", "play");
  const Json trend = with(divided, "series", Json::array({{{"event", "play"}, {"measure", "players"}}}));
  Compared compared;
  for (const char* cell : {R"({})", R"({"country":"DE"})", R"({"country":null})", R"({"country":null,"other":true})",
                           R"({"other":true})", R"({"other":false})", R"({"country":"DE","other":true})",
                           R"({"country":"","other":false})", R"({"country":"nowhere"})"}) {
    const Json parsed = Json::parse(cell);
    for (const Json& step : {Json(), Json(0), Json(2), Json(9)}) {
      for (const char* value : {"units", "dropped"})
        compare_cell(world, "funnel", funnel, with(with(parsed, "step", step), "value", value), compared);
    }
    compare_cell(world, "funnel", funnel, with(parsed, "value", "dropped"), compared);
    compare_cell(world, "retention", retention, parsed, compared);
    for (const int day : {-1, 1, 7}) compare_cell(world, "retention", retention, with(parsed, "day", day), compared);
    compare_cell(world, "retention", retention, with(parsed, "cohort_date", "2026-10-29"), compared);
    compare_cell(world, "trend", trend, parsed, compared);
    for (const char* date : {"2026-10-29", "2026-10-01"})
      compare_cell(world, "trend", trend, with(parsed, "date", date), compared);
  }
  EXPECT_GT(compared.players, 100u);
}

}  // namespace
}  // namespace gm::golden
