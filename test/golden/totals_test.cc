// A metric has one number, whichever way it is asked for: by day (GET /api/v1/metrics/{name}) or as a question
// (POST /api/v1/query/metrics).

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "test/golden/generated_game.h"
#include "test/golden/golden_world.h"

namespace gm::golden {
namespace {

constexpr std::string_view kLast = "2026-11-05";

Json answer_of(const http::Response& response, const std::string& about) {
  EXPECT_EQ(response.status, 200) << about << response.body;
  return Json::parse(response.body);
}

bool same_number(const Json& a, const Json& b) {
  if (!a.is_number() || !b.is_number()) return a == b;
  return std::abs(a.get<double>() - b.get<double>()) <= 1e-9 * std::max(1.0, std::abs(b.get<double>()));
}

void compare_points(const Json& by_day, const Json& asked, const std::string& metric) {
  ASSERT_EQ(by_day["points"].size(), asked["rows"].size()) << metric;
  for (size_t i = 0; i < asked["rows"].size(); ++i) {
    const Json &point = by_day["points"][i], &row = asked["rows"][i];
    EXPECT_EQ(point["date"], row["date"]) << metric;
    EXPECT_TRUE(same_number(point["value"], row["value"])) << metric << point << row;
  }
}

TEST(Totals, AMetricHasOneNumberHoweverItIsAsked) {
  World world(made_game(11));
  const Json catalogue = answer_of(world.get("/api/v1/metrics"), "the catalogue");
  std::set<std::string> with_total;
  for (const Json& metric : catalogue["metrics"]) {
    const std::string name = metric["name"];
    const std::string target = fmt::format("/api/v1/metrics/{}?from={}&to={}", name, kFirst, kLast);
    const Json by_day = answer_of(world.get(target), name);
    const Json question = {{"metrics", {name}}, {"from", kFirst}, {"to", kLast}};
    const Json asked = answer_of(world.ask("metrics", question.dump()), name);
    compare_points(by_day, asked, name);
    if (by_day["total"].is_null()) continue;  // adding its days would count players twice
    with_total.insert(name);
    EXPECT_TRUE(same_number(by_day["total"], asked["totals"][0]["value"])) << name << by_day["total"] << asked;
  }
  for (const char* ratio : {"arpdau", "arppu", "conversion", "sessions_per_player", "playtime_minutes"}) {
    EXPECT_TRUE(with_total.contains(ratio)) << ratio;
  }
}

}  // namespace
}  // namespace gm::golden
