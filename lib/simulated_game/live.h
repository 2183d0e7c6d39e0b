#pragma once
// The present of a simulated game: players who come, play and leave, at a chosen rate of events.

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "lib/simulated_game/history.h"

namespace gm::simulated_game {

class LiveGame {
 public:
  // `options.end_ms` is not used: the game goes on. A batch leaves the client `flush_ms` after its first event.
  LiveGame(const Options& options, double events_per_second, int64_t flush_ms, int64_t now_ms);

  // The deliveries that are due, each with events that happened between the last call and `now_ms`.
  std::vector<Delivery> until(int64_t now_ms);
  // What has happened by `now_ms` and not left yet: the game is over.
  std::vector<Delivery> finish(int64_t now_ms);

 private:
  struct Active {
    Player player;
    std::vector<GameEvent> events;
    size_t sent = 0;
    int64_t start_ms = 0;
  };
  struct Due {
    int64_t at_ms;
    size_t active;
    bool operator>(const Due& other) const { return at_ms > other.at_ms; }
  };

  void begin_session(int64_t start_ms, int64_t skip_before_ms);
  Delivery flush(Active& active, int64_t upto_ms) const;
  void wait_for(size_t index);

  Options options_;
  int64_t flush_ms_;
  double sessions_per_ms_;
  SeededRandom random_;
  double next_session_ms_;  // fractions matter when thousands of sessions begin in a second
  std::vector<Active> active_;
  std::vector<size_t> free_;
  std::vector<bool> playing_;  // by player number
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
};

}  // namespace gm::simulated_game
