#include "lib/base/uuid.h"

#include <xxhash.h>

#include <array>

namespace gm {
namespace {

constexpr uint64_t kVersionMask = 0xF000;
constexpr uint64_t kVariantMask = 0xC000000000000000ull;
constexpr uint64_t kVariantRfc = 0x8000000000000000ull;

constexpr uint8_t kNoDigit = 0xFF;

constexpr std::array<uint8_t, 256> make_hex_values() {
  std::array<uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (uint8_t i = 0; i < 10; ++i) values[static_cast<size_t>('0' + i)] = i;
  for (uint8_t i = 0; i < 6; ++i) {
    values[static_cast<size_t>('a' + i)] = static_cast<uint8_t>(10 + i);
    values[static_cast<size_t>('A' + i)] = static_cast<uint8_t>(10 + i);
  }
  return values;
}
constexpr std::array<uint8_t, 256> kHexValues = make_hex_values();

// `count` hex digits as a number; what is no digit leaves its mark in `seen`, so that the caller checks once at the
// end.
uint64_t take_hex(const char* text, int count, uint8_t& seen) {
  uint64_t value = 0;
  for (int i = 0; i < count; ++i) {
    const uint8_t digit = kHexValues[static_cast<uint8_t>(text[i])];
    seen |= digit;
    value = (value << 4) | (digit & 0xF);
  }
  return value;
}

Uuid with_version(Uuid id, uint64_t version) {
  id.high = (id.high & ~kVersionMask) | (version << 12);
  id.low = (id.low & ~kVariantMask) | kVariantRfc;
  return id;
}

}  // namespace

// Runs once per event: no branches inside.
std::optional<Uuid> Uuid::parse(std::string_view text) {
  uint8_t seen = 0;
  Uuid id;
  const char* t = text.data();
  if (text.size() == 36) {
    if (t[8] != '-' || t[13] != '-' || t[18] != '-' || t[23] != '-') return std::nullopt;
    id.high = (take_hex(t, 8, seen) << 32) | (take_hex(t + 9, 4, seen) << 16) | take_hex(t + 14, 4, seen);
    id.low = (take_hex(t + 19, 4, seen) << 48) | take_hex(t + 24, 12, seen);
  } else if (text.size() == 32) {
    id.high = take_hex(t, 16, seen);
    id.low = take_hex(t + 16, 16, seen);
  } else {
    return std::nullopt;
  }
  if (seen > 0xF) return std::nullopt;
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
