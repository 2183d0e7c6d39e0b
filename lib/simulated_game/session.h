#pragma once
// Playing one session: which events happen, when and with which values.

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "lib/base/uuid.h"
#include "lib/simulated_game/player.h"

namespace gm::simulated_game {

enum class EventName : uint8_t {
  first_open,
  session_start,
  tutorial_step,
  tutorial_complete,
  level_start,
  level_complete,
  level_fail,
  economy_source,
  economy_sink,
  store_open,
  purchase,
  ad_impression,
  error,
  crash,
  session_end,
};
inline constexpr int kEventNameCount = 15;
std::string_view event_name(EventName name);

struct GameEvent {
  int64_t time_ms = 0;  // true time
  Uuid id;
  EventName name = EventName::session_start;
  uint16_t level = 0;
  uint16_t attempt = 0;
  uint16_t detail = 0;         // step, item, error or placement, by name
  int32_t amount = 0;          // economy: units; session_end: seconds
  int64_t revenue_micros = 0;  // USD; 0: none
};

// What one session leaves for the next.
struct Progress {
  uint16_t level = 1;
  uint16_t attempt = 1;
  uint8_t tutorial_step = 0;  // kTutorialSteps: done
  bool installed = false;
};
inline constexpr uint8_t kTutorialSteps = 5;

struct SessionSeed {
  uint64_t seed = 0;
  int64_t start_ms = 0;
  int64_t limit_ms = std::numeric_limits<int64_t>::max();  // nothing happens at or after this
  Progress progress;
};

// The silence inside a session that the client does not name stays below this, the one between two such sessions above
// kGapBetweenMs: both keep clear of the 30 minutes at which the server cuts.
inline constexpr int64_t kGapInsideMs = 24 * kMsPerMinute;
inline constexpr int64_t kGapBetweenMs = 36 * kMsPerMinute;

// Replaces `events`; times rise strictly. The same arguments give the same events.
Progress play_session(const Player& player, const SessionSeed& session, std::vector<GameEvent>& events);

}  // namespace gm::simulated_game
