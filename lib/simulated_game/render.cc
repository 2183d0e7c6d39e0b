#include "lib/simulated_game/render.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <array>
#include <iterator>

namespace gm::simulated_game {
namespace {

constexpr std::array<std::string_view, 3> kPlacements = {"level_end", "bonus", "shop"};
constexpr std::array<std::string_view, 3> kItems = {"hint", "extra_move", "booster"};
constexpr std::array<std::string_view, 6> kProducts = {"gems_80",   "gems_180",  "gems_500",
                                                       "gems_1200", "gems_2800", "gems_16000"};
constexpr std::array<std::string_view, 5> kErrors = {"network_timeout", "asset_missing", "save_conflict",
                                                     "null_reference", "out_of_memory"};

std::string_view difficulty(int level) {
  if (level % 10 == 0) return "hard";
  return level % 3 == 0 ? "normal" : "easy";
}

void render_properties(const GameEvent& event, std::string& out) {
  const auto to = std::back_inserter(out);
  const auto item = [&](const auto& table) { return table[event.detail % table.size()]; };
  switch (event.name) {
    case EventName::first_open:
    case EventName::session_start:
      fmt::format_to(to, FMT_COMPILE(R"({{"level":{}}})"), event.level);
      return;
    case EventName::tutorial_step:
      fmt::format_to(to, FMT_COMPILE(R"({{"step":{}}})"), event.detail);
      return;
    case EventName::level_start:
    case EventName::level_complete:
    case EventName::level_fail:
      fmt::format_to(to, FMT_COMPILE(R"({{"level":{},"difficulty":"{}","attempt":{}}})"), event.level,
                     difficulty(event.level), event.attempt);
      return;
    case EventName::economy_source:
      fmt::format_to(to, FMT_COMPILE(R"({{"currency":"gems","amount":{},"reason":"{}"}})"), event.amount,
                     event.detail == 0 ? "level_reward" : "purchase");
      return;
    case EventName::economy_sink:
      fmt::format_to(to, FMT_COMPILE(R"({{"currency":"gems","amount":{},"item":"{}"}})"), event.amount, item(kItems));
      return;
    case EventName::purchase:
      fmt::format_to(to, FMT_COMPILE(R"({{"product":"{}","level":{}}})"), item(kProducts), event.level);
      return;
    case EventName::ad_impression:
      fmt::format_to(to, FMT_COMPILE(R"({{"placement":"{}","format":"rewarded"}})"), item(kPlacements));
      return;
    case EventName::error:
    case EventName::crash:
      fmt::format_to(to, FMT_COMPILE(R"({{"kind":"{}","level":{}}})"), item(kErrors), event.level);
      return;
    case EventName::session_end:
      fmt::format_to(to, FMT_COMPILE(R"({{"seconds":{},"level":{}}})"), event.amount, event.level);
      return;
    case EventName::tutorial_complete:
    case EventName::store_open:
      out += "{}";
      return;
  }
}

}  // namespace

std::string session_id(const Player& player, int64_t start_ms) {
  if (!player.names_sessions) return {};
  return fmt::format(FMT_COMPILE("s-{}-{:x}"), player.number, start_ms / kMsPerSecond);
}

void render_event(const GameEvent& event, const ClientContext& client, std::string& out) {
  const Player& player = *client.player;
  const auto to = std::back_inserter(out);
  const int64_t claimed_ms = event.time_ms + player.skew_ms;
  out += '{';
  if (player.sends_ids) {
    char id[36];
    event.id.write_to(id);
    out.append(R"("event_id":")").append(id, sizeof id).append("\",");
  }
  fmt::format_to(to, FMT_COMPILE(R"("event":"{}","player_id":"{}",)"), event_name(event.name), player.id);
  if (player.sends_ids) {
    fmt::format_to(to, FMT_COMPILE(R"("time":"{}",)"), format_iso8601(claimed_ms));
  } else {
    fmt::format_to(to, FMT_COMPILE(R"("time":{},)"), claimed_ms);
  }
  if (!client.session.empty()) fmt::format_to(to, FMT_COMPILE(R"("session_id":"{}",)"), client.session);
  fmt::format_to(to, FMT_COMPILE(R"("country":"{}","platform":"{}","device":"{}","build":"{}",)"), player.country,
                 player.platform, player.device, client.build);
  if (event.revenue_micros != 0) {
    fmt::format_to(to, FMT_COMPILE(R"("revenue":{{"amount":"{}.{:06}","currency":"USD"}},)"),
                   event.revenue_micros / 1'000'000, event.revenue_micros % 1'000'000);
  }
  out += R"("properties":)";
  render_properties(event, out);
  out += '}';
}

std::string render_request(std::string_view events, int64_t sent_ms, bool historical) {
  return fmt::format(FMT_COMPILE(R"({{"sent_at":"{}","historical":{},"events":[{}]}})"), format_iso8601(sent_ms),
                     historical, events);
}

}  // namespace gm::simulated_game
