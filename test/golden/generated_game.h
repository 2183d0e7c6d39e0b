#pragma once
// A game made of chance, and what questions about it have in common.

#include <fmt/format.h>

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/base/random.h"
#include "lib/base/time.h"
#include "test/golden/golden_case.h"

namespace gm::golden {

using Json = nlohmann::json;

inline constexpr int kEvents = 400;
inline constexpr int kPlayers = 24;
inline constexpr int kDays = 12;
inline constexpr std::string_view kFirst = "2026-10-26";

inline Case made_game(uint64_t seed) {
  SeededRandom random(seed);
  const auto pick = [&](std::initializer_list<const char*> words) {
    return std::string(*(words.begin() + random.below(words.size())));
  };
  Case game;
  game.zone = pick({"UTC", "America/Los_Angeles", "Asia/Shanghai"});  // the clocks go back on the 1st of November
  game.currency = "USD";
  const int64_t start = TimeZone::find(game.zone)->start_of(*Date::parse(kFirst));
  game.now_ms = start + (kDays + 20) * kMsPerDay;
  for (int i = 0; i < kEvents; ++i) {
    CaseEvent event;
    event.line = i;
    event.player = fmt::format("p{}", random.below(kPlayers));
    event.name = pick({"open", "play", "play", "buy", "level_start", "level_complete", "level_fail"});
    event.time_ms = start + static_cast<int64_t>(random.below(kDays * kMsPerDay));
    event.received_ms = event.time_ms + static_cast<int64_t>(random.below(3 * kMsPerHour));
    // Many things happen at one moment, as far as clocks can tell.
    if (random.below(3) == 0) event.time_ms -= event.time_ms % kMsPerHour;
    if (random.below(3) == 0) event.session = event.player + "-" + std::to_string(random.below(3));
    event.platform = pick({"ios", "web", ""});
    event.country = pick({"DE", "FR", "US", "JP", ""});
    event.build = pick({"1.0", "1.1", ""});
    event.properties = fmt::format(R"({{"level":{},"kind":"{}"}})", random.below(4), pick({"x", "y", "z"}));
    if (event.name == "buy") {
      event.has_revenue = true;
      event.revenue_micros = static_cast<int64_t>(random.below(9'000'000));
      event.currency = pick({"USD", "USD", "EUR"});
    }
    game.events.push_back(event);
  }
  return game;
}

// The same, where ids turn out to be one player between the events, and some of these links are taken back.
inline Case joined_game(uint64_t seed) {
  SeededRandom random(seed);
  Case game = made_game(seed);
  std::vector<CaseEvent> all;
  std::vector<std::string> links;
  for (CaseEvent& event : game.events) {
    if (random.below(10) == 0) {
      CaseEvent link = event;
      link.id = fmt::format("link-{}", links.size());
      link.has_revenue = false;
      const auto other = fmt::format("p{}", random.below(kPlayers));
      const bool identify = random.below(2) == 0;
      link.name = identify ? "$identify" : "$create_alias";
      link.properties = fmt::format(R"({{"{}":"{}"}})", identify ? "$anon_distinct_id" : "alias", other);
      links.push_back(link.id);
      all.push_back(std::move(link));
    }
    if (!links.empty() && random.below(25) == 0) {
      CaseEvent undo;
      undo.is_undo = true;
      undo.id = links[random.below(links.size())];
      all.push_back(std::move(undo));
    }
    all.push_back(std::move(event));
  }
  game.events = std::move(all);
  return game;
}

inline Json with(Json question, const char* name, Json value) {
  question[name] = std::move(value);
  return question;
}

// The days that are asked about: some of the game's.
inline Json framed(Json question) {
  question["from"] = "2026-10-28";
  question["to"] = "2026-11-03";
  return question;
}

// The coordinates of an answer's row.
inline Json cell_of(const Json& answer, const Json& row) {
  Json cell = Json::object();
  for (const Json& column : answer["columns"]) {
    if (column["coordinate"]) cell[column["name"].get<std::string>()] = row.at(column["name"].get<std::string>());
  }
  return cell;
}

}  // namespace gm::golden
