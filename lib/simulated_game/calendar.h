#pragma once
// When a player plays: his install, his active days and the starts of his sessions.

#include <cstdint>
#include <optional>
#include <vector>

#include "lib/base/time.h"
#include "lib/simulated_game/player.h"

namespace gm::simulated_game {

// The local days of the game, with their limits looked up once.
class Calendar {
 public:
  explicit Calendar(const Options& options);

  int days() const { return static_cast<int>(starts_.size()) - 1; }
  Date first() const { return first_; }
  int64_t start_of(int day) const { return starts_[static_cast<size_t>(day)]; }
  int64_t end_of(int day) const { return starts_[static_cast<size_t>(day) + 1]; }
  // An instant of that day, evenings more often than nights.
  int64_t moment(int day, SeededRandom& random) const;
  // A day of the period: many at the launch, more at weekends.
  int install_day(SeededRandom& random) const;

 private:
  Date first_;
  std::vector<int64_t> starts_;   // one more than there are days
  std::vector<double> installs_;  // cumulative share by day
};

}  // namespace gm::simulated_game
