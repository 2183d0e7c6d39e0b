#pragma once
// The players behind one number of an answer.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "lib/behavior/section.h"

namespace gm::behavior {

struct PlayerList {
  uint64_t total = 0;
  std::vector<PlayerKey> players;  // the first ones, rising
};

inline PlayerList first_players(std::vector<PlayerKey> all, size_t limit) {
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  PlayerList list;
  list.total = all.size();
  all.resize(std::min(all.size(), limit));
  list.players = std::move(all);
  return list;
}

}  // namespace gm::behavior
