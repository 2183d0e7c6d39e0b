#pragma once
// Distinct players of rolling windows, counted exactly with bits.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace gm::query {

// Players per block: their sum over signed rows has to fit a 64-bit signed integer.
inline constexpr int kPlayersPerBlock = 63;

// The active players of one day: bit i of a block stands for the player with the key block * 63 + i. By block, empty
// ones left out.
struct DayPlayers {
  struct Block {
    uint64_t number = 0;
    uint64_t bits = 0;
  };
  std::vector<Block> blocks;

  size_t bytes() const { return sizeof(*this) + blocks.capacity() * sizeof(Block); }
};
using DayPlayersPtr = std::shared_ptr<const DayPlayers>;

// `days` are consecutive days, oldest first. One count for each day that has a whole window behind it: days.size() -
// window_days + 1. Precondition: 1 <= window_days <= days.size().
std::vector<int64_t> players_in_window(std::span<const DayPlayersPtr> days, int window_days);

}  // namespace gm::query
