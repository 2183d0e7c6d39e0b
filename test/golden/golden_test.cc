// Runs every *.case of this folder: events go through processor, store and API, and the answers are compared with what
// somebody worked out by hand.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "test/golden/golden_case.h"
#include "test/golden/golden_world.h"

namespace gm::golden {
namespace {

using Json = nlohmann::json;

constexpr double kTolerance = 1e-9;

std::vector<std::string> case_files() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(GM_SOURCE_DIR) + "/test/golden")) {
    if (entry.path().extension() == ".case") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string read_file(const std::string& name) {
  std::ifstream file(std::string(GM_SOURCE_DIR) + "/test/golden/" + name + ".case");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Objects: every expected member is there and matches. Arrays: same length, element by element. Numbers: equal within
// rounding.
bool matches(const Json& expected, const Json& actual) {
  if (expected.is_object()) {
    return actual.is_object() && std::all_of(expected.items().begin(), expected.items().end(), [&](const auto& member) {
             return actual.contains(member.key()) && matches(member.value(), actual[member.key()]);
           });
  }
  if (expected.is_array()) {
    return actual.is_array() && std::equal(expected.begin(), expected.end(), actual.begin(), actual.end(), matches);
  }
  if (expected.is_number() && actual.is_number())
    return std::abs(expected.get<double>() - actual.get<double>()) <= kTolerance;
  return expected == actual;
}

Json values_of(const Json& answer) {
  Json values = Json::array();
  for (const auto& point : answer.at(answer.contains("points") ? "points" : "rows"))
    values.push_back(point.at("value"));
  return values;
}

void check(const CaseRequest& request, const http::Response& response) {
  SCOPED_TRACE("line " + std::to_string(request.line) + ": " + request.target + request.kind + " " + request.body);
  const Json answer = Json::parse(response.body);
  for (const std::string& text : request.expected) {
    EXPECT_TRUE(matches(Json::parse(text), answer)) << "expected " << text << "\nanswer   " << answer.dump();
  }
  if (request.values.empty()) return;
  Json values = Json::array();
  for (const std::string& value : request.values) values.push_back(Json::parse(value));
  EXPECT_TRUE(matches(values, values_of(answer)))
      << "expected " << values.dump() << "\nanswer   " << values_of(answer).dump();
}

// The players that the API lists behind a cell, page by page, and that their number is the total it gives.
std::set<std::string> players_behind(World& world, const CaseRequest& request, const std::string& cell) {
  std::set<std::string> players;
  Json question = {
      {"kind", request.kind}, {"query", Json::parse(request.body)}, {"cell", Json::parse(cell)}, {"limit", 2}};
  while (true) {
    const http::Response response = world.ask("players", question.dump());
    EXPECT_EQ(response.status, 200) << response.body;
    const Json page = Json::parse(response.body);
    if (!page.contains("players")) return players;
    for (const auto& player : page["players"]) players.insert(player["player_id"].get<std::string>());
    if (page["next"].is_null()) {
      EXPECT_EQ(page["total"], players.size());
      return players;
    }
    question["after"] = page["next"];
  }
}

void check_cells(World& world, const CaseRequest& request) {
  for (const CaseCell& cell : request.cells) {
    SCOPED_TRACE("line " + std::to_string(cell.line));
    const std::set<std::string> expected(cell.players.begin(), cell.players.end());
    EXPECT_EQ(players_behind(world, request, cell.cell), expected);
  }
}

// The question as it stands, and with the demand that SQL answers it: whatever the behaviour index can answer, both do.
std::vector<CaseRequest> on_both_engines(const CaseRequest& request) {
  CaseRequest by_sql = request;
  Json body = Json::parse(request.body);
  body["engine"] = "sql";
  by_sql.body = body.dump();
  return {request, by_sql};
}

void run(World& world, const Case& which) {
  for (const CaseRequest& request : which.requests) {
    if (request.kind.empty()) {
      check(request, world.get(request.target));
      continue;
    }
    if (request.kind == "sql") {
      check(request, world.sql(request.body));
      continue;
    }
    for (const CaseRequest& asked : on_both_engines(request)) {
      check(asked, world.ask(asked.kind, asked.body));
      check_cells(world, asked);
    }
  }
}

class GoldenTest : public testing::TestWithParam<std::string> {};

TEST_P(GoldenTest, AnswersAreWhatWasWorkedOutByHand) {
  const Case which = parse_case(read_file(GetParam()));
  World world(which);
  run(world, which);
  SCOPED_TRACE("after compaction");
  world.compact();
  run(world, which);
}

INSTANTIATE_TEST_SUITE_P(Cases, GoldenTest, testing::ValuesIn(case_files()),
                         [](const auto& test) { return test.param; });

TEST(GoldenCaseTest, ACaseThatCannotFailIsRefused) {
  EXPECT_THROW(parse_case("now 2026-11-23T00:00:00Z\nget /api/v1/metrics/dau\n"), std::runtime_error);
  EXPECT_THROW(parse_case("now 2026-11-23T00:00:00Z\n"), std::runtime_error);
  EXPECT_THROW(parse_case("now 2026-11-23T00:00:00Z\nevnt x\n"), std::runtime_error);
  EXPECT_THROW(parse_case("now 2026-11-23T00:00:00Z\nevent player=a\n"), std::runtime_error);
}

TEST(GoldenCaseTest, MatchingIsStrictAboutWhatIsNamed) {
  EXPECT_TRUE(matches(Json::parse(R"({"a":[{"b":1}]})"), Json::parse(R"({"a":[{"b":1,"c":2}],"d":3})")));
  EXPECT_FALSE(matches(Json::parse(R"({"a":[{"b":1}]})"), Json::parse(R"({"a":[{"b":1},{"b":1}]})")));
  EXPECT_FALSE(matches(Json::parse(R"({"a":0})"), Json::parse(R"({"a":null})")));
  EXPECT_FALSE(matches(Json::parse(R"({"a":0})"), Json::parse(R"({})")));
}

}  // namespace
}  // namespace gm::golden
