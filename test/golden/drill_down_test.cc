// Every cell of every answer opens to the players behind it: over generated questions and a generated game, the number
// of players listed is the number that the answer shows. And what a metric's daily sums say is what its events say.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "lib/query/metric.h"
#include "test/golden/generated_game.h"
#include "test/golden/golden_world.h"

namespace gm::golden {
namespace {

constexpr size_t kRowsMax = 12;

std::vector<Json> filters() {
  return {Json(), Json::parse(R"({"field":"platform","is":"equals","value":"ios"})"),
          Json::parse(R"({"field":"player.country","is":"in","values":["DE","US"]})"),
          Json::parse(R"({"all":[{"did":"buy","days":20},{"field":"property.kind","is":"not_equals","value":"x"}]})")};
}

std::vector<std::pair<std::string, Json>> questions() {
  std::vector<std::pair<std::string, Json>> all;
  const auto add = [&](const char* kind, const char* text) { all.emplace_back(kind, framed(Json::parse(text))); };
  for (const char* measure : {"players", "new_players", "returning_players", "payers", "players_7_days"}) {
    const Json series = {{{"measure", measure}}, {{"measure", "players"}, {"event", "play"}}};
    const Json trend = framed({{"series", series}});
    for (const Json& filter : filters()) {
      for (const char* field : {"platform", "property.kind", "player.platform"}) {
        all.emplace_back("trend", with(with(with(trend, "filter", filter), "breakdown", {field}), "top", 1));
      }
      all.emplace_back("trend", with(trend, "filter", filter));
    }
    if (std::string_view(measure) == "players_7_days") continue;
    for (const char* interval : {"hour", "week", "month"}) all.emplace_back("trend", with(trend, "interval", interval));
  }
  for (const Json& filter : filters()) {
    for (const char* type : {"classic", "rolling", "return", "full"}) {
      for (const char* window : {"calendar_day", "24_hours"}) {
        const Json question = framed({{"type", type}, {"window", window}, {"days", {0, 1, 2, 5}}, {"filter", filter}});
        all.emplace_back("retention", question);
        all.emplace_back("retention", with(with(question, "start", "play"), "return", "buy"));
        all.emplace_back("retention", with(with(question, "breakdown", {"country"}), "top", 2));
      }
    }
    for (const char* order : {"ordered", "strict", "any"}) {
      for (const char* per : {"player", "session"}) {
        const Json question =
            framed({{"steps", {"open", "play", "buy"}}, {"order", order}, {"per", per}, {"filter", filter}});
        all.emplace_back("funnel", question);
        all.emplace_back("funnel", with(question, "breakdown", {"platform"}));
      }
    }
    all.emplace_back(
        "paths", framed({{"begin", "open"}, {"depth", 3}, {"per", "player"}, {"filter", filter}, {"events_max", 3}}));
    all.emplace_back("lifecycle", framed({{"filter", filter}, {"interval", "day"}}));
    all.emplace_back("lifecycle",
                     framed({{"filter", filter}, {"interval", "week"}, {"breakdown", {"player.country"}}}));
    all.emplace_back("stickiness", framed({{"filter", filter}, {"breakdown", {"player.platform"}}}));
    all.emplace_back("churn", framed({{"filter", filter}, {"days", 2}}));
    all.emplace_back("spenders", framed({{"filter", filter}}));
    all.emplace_back("progression", framed({{"filter", filter}, {"breakdown", {"player.platform"}}}));
  }
  add("segment", R"({"filter":{"did":"buy","at_least":2},"breakdown":["player.country"],"top":2})");
  add("ltv", R"({"days":[0,1,3],"breakdown":["player.platform"]})");
  add("first_purchase", R"({"days":[0,2]})");
  return all;
}

// The names of an answer's values that count distinct players.
std::vector<std::string> player_values(const std::string& kind) {
  if (kind == "trend") return {"value"};
  if (kind == "churn") return {"players", "churned"};
  if (kind == "ltv") return {"players", "payers"};
  if (kind == "progression") return {"players", "completed", "dropped"};
  return {"players"};
}

struct Checked {
  int cells = 0;
  int64_t players = 0;
};

void check_question(World& world, const std::string& kind, const Json& question, Checked& checked) {
  const http::Response response = world.ask(kind, question.dump());
  ASSERT_EQ(response.status, 200) << kind << " " << question << response.body;
  const Json answer = Json::parse(response.body);
  // Some cells of each answer: those of a long one differ in their date only.
  const size_t stride = 1 + answer["rows"].size() / kRowsMax;
  for (size_t i = 0; i < answer["rows"].size(); i += stride) {
    const Json& row = answer["rows"][i];
    for (const std::string& value : player_values(kind)) {
      Json cell = cell_of(answer, row);
      if (kind != "trend") cell["value"] = value;
      const Json asked = {{"kind", kind}, {"query", question}, {"cell", cell}, {"limit", 1000}};
      const http::Response listed = world.ask("players", asked.dump());
      ASSERT_EQ(listed.status, 200) << asked << listed.body;
      const Json players = Json::parse(listed.body);
      std::set<std::string> ids;
      for (const Json& player : players["players"]) ids.insert(player["player_id"].get<std::string>());
      EXPECT_EQ(ids.size(), players["players"].size());
      EXPECT_EQ(static_cast<double>(ids.size()), row[value].get<double>()) << kind << " " << question << "\n" << cell;
      EXPECT_EQ(players["total"], ids.size());
      ++checked.cells;
      checked.players += static_cast<int64_t>(ids.size());
    }
  }
}

TEST(DrillDownTest, AsManyPlayersAreListedAsTheCellShows) {
  World world(made_game(7));
  // Every fifth question, so that each kind, filter and breakdown comes up; all of them take minutes.
  Checked checked;
  const auto all = questions();
  for (size_t i = 0; i < all.size(); i += 5) check_question(world, all[i].first, all[i].second, checked);
  EXPECT_GT(checked.cells, 300);
  EXPECT_GT(checked.players, 600);
}

// One metric by day as the API tells it.
std::vector<Json> values(const Json& answer, const char* rows) {
  std::vector<Json> result;
  for (const Json& row : answer.at(rows)) result.push_back(row.at("value"));
  return result;
}

TEST(MetricSourcesTest, DailySumsAndEventsSayTheSame) {
  for (const uint64_t seed : {1u, 2u, 3u}) {
    World world(made_game(seed));
    for (const query::Metric& metric : query::metrics()) {
      if (!query::has_daily_sums(metric)) continue;
      const std::string range = "from=2026-10-20&to=2026-11-20";
      const Json sums = Json::parse(world.get(fmt::format("/api/v1/metrics/{}?{}", metric.name, range)).body);
      const Json question = {
          {"metrics", {metric.name}}, {"from", "2026-10-20"}, {"to", "2026-11-20"}, {"interval", "day"}};
      const Json events = Json::parse(world.ask("metrics", question.dump()).body);
      const auto expected = values(sums, "points"), found = values(events, "rows");
      ASSERT_EQ(expected.size(), found.size()) << metric.name << events.dump();
      for (size_t i = 0; i < expected.size(); ++i) {
        ASSERT_EQ(expected[i].is_null(), found[i].is_null()) << metric.name << " " << i;
        if (!expected[i].is_null())
          EXPECT_NEAR(expected[i].get<double>(), found[i].get<double>(), 1e-9) << metric.name << " " << i;
      }
    }
  }
}

}  // namespace
}  // namespace gm::golden
