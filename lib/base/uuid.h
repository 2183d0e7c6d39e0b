#pragma once
// 128-bit identifiers: event ids.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/random.h"

namespace gm {

struct Uuid {
  uint64_t high = 0;
  uint64_t low = 0;

  auto operator<=>(const Uuid&) const = default;
  bool is_nil() const { return high == 0 && low == 0; }

  // Accepts the 36-character form with hyphens and the 32-character form without, any case.
  static std::optional<Uuid> parse(std::string_view text);
  // Version 7 (RFC 9562 section 5.7): 48 bits of Unix milliseconds, then random.
  static Uuid v7(int64_t unix_ms, Random& random);
  // Version 8 (RFC 9562 section 5.8) made from a 128-bit hash of `content`: equal content, equal id.
  static Uuid derived_from(std::string_view content);

  std::string to_string() const;
  // Writes exactly 36 characters, no terminator.
  void write_to(char* out) const;
};

struct UuidHash {
  size_t operator()(const Uuid& id) const { return id.high ^ (id.low * 0x9E3779B97F4A7C15ull); }
};

}  // namespace gm
