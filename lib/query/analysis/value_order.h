#pragma once
// An order of stored values, so that they can be keys: by type, then by value.

#include <compare>

#include "lib/store/table.h"

namespace gm::store {

// Found by argument-dependent lookup from the comparison of std::variant.
inline std::strong_ordering operator<=>(TimestampMs a, TimestampMs b) { return a.unix_ms <=> b.unix_ms; }

}  // namespace gm::store
