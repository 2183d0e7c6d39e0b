#include "lib/base/uuid.h"

#include <xxhash.h>

namespace gm {
namespace {

constexpr uint64_t kVersionMask = 0xF000;
constexpr uint64_t kVariantMask = 0xC000000000000000ull;
constexpr uint64_t kVariantRfc = 0x8000000000000000ull;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Uuid with_version(Uuid id, uint64_t version) {
  id.high = (id.high & ~kVersionMask) | (version << 12);
  id.low = (id.low & ~kVariantMask) | kVariantRfc;
  return id;
}

}  // namespace

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36 && text.size() != 32) return std::nullopt;
  const bool hyphens = text.size() == 36;
  uint64_t words[2] = {0, 0};
  int digits = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (hyphens && (i == 8 || i == 13 || i == 18 || i == 23)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int value = hex_value(text[i]);
    if (value < 0) return std::nullopt;
    words[digits / 16] = (words[digits / 16] << 4) | static_cast<uint64_t>(value);
    ++digits;
  }
  return Uuid{words[0], words[1]};
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
