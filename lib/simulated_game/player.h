#pragma once
// One simulated player: who he is, when he installs and how his client behaves. All of it follows from the seed and his
// number.

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/random.h"
#include "lib/simulated_game/options.h"

namespace gm::simulated_game {

struct Player {
  uint32_t number = 0;
  std::string id;  // "p-000017"
  std::string_view country;
  std::string_view platform;
  std::string_view device;
  double engagement = 1;       // multiplies the chance to come back and the length of sessions
  double spending = 0;         // chance that an open store ends in a purchase
  bool names_sessions = true;  // false: the server has to find his sessions by the 30-minute gap
  bool sends_ids = true;       // false: an old SDK without event ids and with Unix times
  int64_t skew_ms = 0;         // his clock minus the true one
  int64_t build_delay_ms = 0;  // how long after a release he updates
};

// A stream of randomness for one purpose of one player.
SeededRandom random_of(uint64_t seed, uint32_t player, uint32_t purpose);

Player make_player(const Options& options, uint32_t number);

// Chance that a player of average engagement is active `day` days after his install day: about 40 % on day 1, 18 % on
// day 7, 8 % on day 30.
double return_chance(int day);

// The game's releases: "1.0.0", "1.1.0" ... one every 12 days.
std::string build_name(int64_t since_release_ms);

// Exponential with the given mean.
double exponential(SeededRandom& random, double mean);

}  // namespace gm::simulated_game
