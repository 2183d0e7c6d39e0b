#pragma once
// Unsigned integers of a fixed number of bits, side by side, readable at random with one load: value i begins at bit
// i * bits, least significant bit first. docs/formats/behavior-index.md.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace gm::behavior {

// A value and the up to 7 bits before it must fit one load of 64 bits.
inline constexpr unsigned kPackedBitsMax = 57;
// Bytes behind the last value that a load may touch.
inline constexpr size_t kPackedPadding = 8;

inline unsigned bits_for(uint64_t largest) { return static_cast<unsigned>(std::bit_width(largest)); }
// Without the padding.
inline uint64_t packed_bytes(uint64_t count, unsigned bits) { return (count * bits + 7) / 8; }

class PackedView {
 public:
  PackedView() = default;
  // `data` has room for the values and the padding.
  PackedView(const char* data, unsigned bits) : data_(data), bits_(bits), mask_((uint64_t{1} << bits) - 1) {}

  uint64_t operator[](size_t i) const {
    const size_t bit = i * bits_;
    uint64_t word = 0;
    std::memcpy(&word, data_ + (bit >> 3), sizeof word);
    return (word >> (bit & 7)) & mask_;
  }

 private:
  const char* data_ = nullptr;
  size_t bits_ = 0;
  uint64_t mask_ = 0;
};

// Plain little-endian values of one type, at any alignment.
template <typename T>
class PlainView {
 public:
  PlainView() = default;
  explicit PlainView(std::string_view bytes) : data_(bytes.data()), size_(bytes.size() / sizeof(T)) {}
  size_t size() const { return size_; }
  T operator[](size_t i) const {
    T value;
    std::memcpy(&value, data_ + i * sizeof(T), sizeof value);
    return value;
  }
  // The first index in [from, size) whose value is not less than `value`; the values rise.
  size_t lower_bound(T value, size_t from = 0) const {
    size_t count = size_ - from;
    while (count > 0) {
      const size_t half = count / 2;
      if ((*this)[from + half] < value) {
        from += half + 1;
        count -= half + 1;
      } else {
        count = half;
      }
    }
    return from;
  }

 private:
  const char* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace gm::behavior
