#pragma once
// Sums that stop at their bounds instead of overflowing. Whoever holds a public write key chooses the amounts that are
// added up; no choice of amounts may end in undefined behaviour or in a number that the store cannot hold.

#include <cstdint>

namespace gm {

inline constexpr int64_t kSumMax = INT64_MAX;
inline constexpr int64_t kSumMin = -INT64_MAX;  // symmetric, so that a sum can be negated

constexpr int64_t saturated(int64_t value) { return value < kSumMin ? kSumMin : value; }
constexpr int64_t sum_of(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return saturated(sum);
  return a > 0 ? kSumMax : kSumMin;
}
constexpr int64_t difference_of(int64_t a, int64_t b) { return sum_of(a, -saturated(b)); }
constexpr void add_to(int64_t& sum, int64_t value) { sum = sum_of(sum, value); }

}  // namespace gm
