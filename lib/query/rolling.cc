#include "lib/query/rolling.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace gm::query {
namespace {

// Blocks are worked on in slices whose bits (one word per block and day) stay in the processor's cache.
constexpr uint64_t kBlocksPerSlice = 1024;
constexpr uint64_t kNoBlock = std::numeric_limits<uint64_t>::max();

class Windows {
 public:
  Windows(std::span<const DayPlayersPtr> days, int window_days)
      : days_(days),
        window_(static_cast<size_t>(window_days)),
        cursors_(days.size(), 0),
        words_(kBlocksPerSlice * days.size(), 0),
        touched_(kBlocksPerSlice, 0),
        counts_(days.size() - window_ + 1, 0) {}

  std::vector<int64_t> count() {
    for (uint64_t first = next_block(); first != kNoBlock; first = next_block()) {
      fill_slice(first);
      for (uint64_t row = 0; row < kBlocksPerSlice; ++row) {
        if (touched_[row]) count_row(&words_[row * days_.size()]);
        touched_[row] = 0;
      }
    }
    return std::move(counts_);
  }

 private:
  // Where the next slice starts: stretches of keys without any player cost nothing.
  uint64_t next_block() const {
    uint64_t next = kNoBlock;
    for (size_t day = 0; day < days_.size(); ++day) {
      if (cursors_[day] < days_[day]->blocks.size()) next = std::min(next, days_[day]->blocks[cursors_[day]].number);
    }
    return next;
  }

  void fill_slice(uint64_t first) {
    for (size_t day = 0; day < days_.size(); ++day) {
      const auto& blocks = days_[day]->blocks;
      size_t& at = cursors_[day];
      for (; at < blocks.size() && blocks[at].number - first < kBlocksPerSlice; ++at) {
        const uint64_t row = blocks[at].number - first;
        words_[row * days_.size() + day] = blocks[at].bits;
        touched_[row] = 1;
      }
    }
  }

  // Widens each day's bits to those of its window, doubling the reach at every step, then counts and clears.
  void count_row(uint64_t* words) {
    for (size_t reach = 1; reach < window_;) {
      const size_t step = std::min(reach, window_ - reach);
      for (size_t day = days_.size() - 1; day >= step; --day) words[day] |= words[day - step];
      reach += step;
    }
    for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += std::popcount(words[i + window_ - 1]);
    std::fill(words, words + days_.size(), 0);
  }

  std::span<const DayPlayersPtr> days_;
  const size_t window_;
  std::vector<size_t> cursors_;
  std::vector<uint64_t> words_;
  std::vector<uint8_t> touched_;
  std::vector<int64_t> counts_;
};

}  // namespace

std::vector<int64_t> players_in_window(std::span<const DayPlayersPtr> days, int window_days) {
  return Windows(days, window_days).count();
}

}  // namespace gm::query
