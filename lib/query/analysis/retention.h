#pragma once
// Private to this folder: who comes back, in every kind, and who buys first.

#include <cstdint>
#include <limits>
#include <vector>

#include "lib/query/analysis/context.h"

namespace gm::query {

inline constexpr int kForEver = std::numeric_limits<int>::max();
inline constexpr int64_t kWholeCohort = -1;  // the day under which everybody of a cohort stands

// What has to happen for a bracket to be reached: active on `need` of the days first..last after the start.
struct RetentionTarget {
  int day = 0;  // as shown
  int first = 0, last = 0, need = 1;
  int final_day = 0;  // when it has ended, the cell is complete
};
std::vector<RetentionTarget> targets_of(const RetentionQuestion& question);

Result<TableAnswer> answer(const RetentionQuestion& question, const Context& context);
Cells cells_of(const RetentionQuestion& question, const Context& context);

// First-purchase conversion is retention whose return is a purchase within days 0..N.
Result<TableAnswer> answer(const FirstPurchaseQuestion& question, const Context& context);
Cells cells_of(const FirstPurchaseQuestion& question, const Context& context);

}  // namespace gm::query
