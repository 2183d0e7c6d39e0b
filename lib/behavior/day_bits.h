#pragma once
// Days as bits.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace gm::behavior {

// Bits 0..size; reading past the end gives 0.
class DayBits {
 public:
  explicit DayBits(size_t days = 0) : words_(days / 64 + 1) {}

  void clear() { std::fill(words_.begin(), words_.end(), 0); }
  void set(size_t day) {
    if (day / 64 >= words_.size()) words_.resize(day / 64 + 1);
    words_[day / 64] |= uint64_t{1} << (day % 64);
  }
  bool test(size_t day) const { return day / 64 < words_.size() && (words_[day / 64] >> (day % 64) & 1) != 0; }
  // Bits day..day + 63.
  uint64_t from(size_t day) const {
    const size_t word = day / 64, shift = day % 64;
    const uint64_t low = word < words_.size() ? words_[word] >> shift : 0;
    if (shift == 0 || word + 1 >= words_.size()) return low;
    return low | words_[word + 1] << (64 - shift);
  }
  // One past the last set bit; 0 when there is none.
  size_t end() const {
    for (size_t word = words_.size(); word-- > 0;) {
      if (words_[word] != 0) return word * 64 + static_cast<size_t>(std::bit_width(words_[word]));
    }
    return 0;
  }
  bool any(size_t first, size_t last) const {  // [first, last]
    for (size_t day = first; day <= last; day += 64) {
      if ((from(day) & low_bits(last - day + 1)) != 0) return true;
    }
    return false;
  }
  bool all(size_t first, size_t last) const {
    for (size_t day = first; day <= last; day += 64) {
      if ((~from(day) & low_bits(last - day + 1)) != 0) return false;
    }
    return true;
  }

 private:
  static uint64_t low_bits(size_t count) { return count >= 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1; }
  std::vector<uint64_t> words_;
};

}  // namespace gm::behavior
