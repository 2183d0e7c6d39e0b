#include "lib/base/uuid.h"

#include <xxhash.h>

#include <bit>
#include <cstring>

namespace gm {
namespace {

static_assert(std::endian::native == std::endian::little, "texts are loaded as numbers");

constexpr uint64_t kVersionMask = 0xF000;
constexpr uint64_t kVariantMask = 0xC000000000000000ull;
constexpr uint64_t kVariantRfc = 0x8000000000000000ull;

constexpr uint64_t kEach = 0x0101010101010101ull;

template <typename Word>
uint64_t load(const char* text) {
  Word word;
  std::memcpy(&word, text, sizeof word);
  return word;
}

// Eight hex digits, a byte each, as they stand in memory; what is no digit leaves its mark in `bad`, so that the caller
// checks once at the end.
inline uint64_t take_hex8(uint64_t in, uint64_t& bad) {
  const uint64_t letter = (in >> 6) & kEach;
  const uint64_t lower = in | (letter << 5);
  const uint64_t low = lower & (kEach * 0x0F);
  bad |= (lower & (kEach * 0xF0)) ^ (kEach * 0x30 + letter * 0x30);  // digits begin with 3, small letters with 6
  bad |= (low + kEach * 6 + letter * 3) & (kEach * 0x10);            // past 9, past f
  bad |= letter & ~((low + kEach * 0x0F) >> 4);                      // before a
  // Two bytes become one, then two words, then all: the first digit comes out on top.
  uint64_t value = __builtin_bswap64(low + letter * 9);
  value = (value | value >> 4) & 0x00FF00FF00FF00FFull;
  value = (value | value >> 8) & 0x0000FFFF0000FFFFull;
  return (value | value >> 16) & 0xFFFFFFFFull;
}

Uuid with_version(Uuid id, uint64_t version) {
  id.high = (id.high & ~kVersionMask) | (version << 12);
  id.low = (id.low & ~kVariantMask) | kVariantRfc;
  return id;
}

}  // namespace

// Runs once per event: no branches inside.
std::optional<Uuid> Uuid::parse(std::string_view text) {
  const char* t = text.data();
  uint64_t bad = 0;
  Uuid id;
  if (text.size() == 36) {
    if (t[8] != '-' || t[13] != '-' || t[18] != '-' || t[23] != '-') return std::nullopt;
    id.high = take_hex8(load<uint64_t>(t), bad) << 32;
    id.high |= take_hex8(load<uint32_t>(t + 9) | load<uint32_t>(t + 14) << 32, bad);
    id.low = take_hex8(load<uint32_t>(t + 19) | load<uint32_t>(t + 24) << 32, bad) << 32;
    id.low |= take_hex8(load<uint64_t>(t + 28), bad);
  } else if (text.size() == 32) {
    id.high = take_hex8(load<uint64_t>(t), bad) << 32 | take_hex8(load<uint64_t>(t + 8), bad);
    id.low = take_hex8(load<uint64_t>(t + 16), bad) << 32 | take_hex8(load<uint64_t>(t + 24), bad);
  } else {
    return std::nullopt;
  }
  if (bad != 0) return std::nullopt;
  return id;
}

Uuid Uuid::v7(int64_t unix_ms, Random& random) {
  const uint64_t time = static_cast<uint64_t>(unix_ms) << 16;
  return with_version(Uuid{time | (random.next_u64() & 0x0FFF), random.next_u64()}, 7);
}

Uuid Uuid::derived_from(std::string_view content) {
  const XXH128_hash_t hash = XXH3_128bits(content.data(), content.size());
  return with_version(Uuid{hash.high64, hash.low64}, 8);
}

void Uuid::write_to(char* out) const {
  static constexpr char kHex[] = "0123456789abcdef";
  int digit = 0;
  for (int i = 0; i < 36; ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      out[i] = '-';
      continue;
    }
    const uint64_t word = digit < 16 ? high : low;
    out[i] = kHex[(word >> (60 - 4 * (digit % 16))) & 0xF];
    ++digit;
  }
}

std::string Uuid::to_string() const {
  std::string text(36, '\0');
  write_to(text.data());
  return text;
}

}  // namespace gm
