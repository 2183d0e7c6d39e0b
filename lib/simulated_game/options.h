#pragma once
// What one simulated game is made from: equal options give equal bytes.

#include <cstdint>

#include "lib/base/time.h"

namespace gm::simulated_game {

// How the game's clients behave. `tidy` sends everything once, in order and with right clocks; `rough` is what
// production looks like.
enum class Profile : uint8_t { tidy, rough };

struct Options {
  uint64_t seed = 1;
  uint32_t players = 2500;
  int days = 60;       // calendar days, the last one is the day of end_ms
  int64_t end_ms = 0;  // no event happens at or after this instant
  TimeZone zone = TimeZone::utc();
  Profile profile = Profile::rough;
  bool refused_events = true;  // send some events that the server has to refuse
  // Sessions of clients with ids and a right clock are put together into requests of up to this many events; 1 sends
  // each batch by itself.
  uint32_t events_per_request = 1;
};

}  // namespace gm::simulated_game
