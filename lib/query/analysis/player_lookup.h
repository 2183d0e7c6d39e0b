#pragma once
// One player: finding him, and what he did.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/store/live_state.h"

namespace gm::query {

struct ListedPlayer {
  int64_t key = 0;
  std::string id, country, platform, build;
  int64_t first_seen_ms = 0, last_seen_ms = 0;
  int64_t events = 0, sessions = 0;
  int64_t revenue_micros = 0;
};

struct PlayersAnswer {
  int64_t total = 0;  // distinct players behind the cell, or that the search finds
  std::vector<ListedPlayer> players;
  std::optional<int64_t> next;
};

// Where a page of a timeline ends: events are ordered by time and, at one time, by id, both downwards.
struct TimelineCursor {
  int64_t time_ms = 0;
  std::string event_id;  // a UUID
};
std::optional<TimelineCursor> parse_timeline_cursor(std::string_view text);

struct PlayerTimeline {
  std::vector<store::LiveEvent> events;  // newest first
  std::optional<std::string> next;       // a cursor
};

}  // namespace gm::query
