#pragma once
// Private to this folder: who comes back, in every kind, and who buys first.

#include "lib/query/analysis/context.h"

namespace gm::query {

Result<TableAnswer> answer(const RetentionQuestion& question, const Context& context);
Cells cells_of(const RetentionQuestion& question, const Context& context);

// First-purchase conversion is retention whose return is a purchase within days 0..N.
Result<TableAnswer> answer(const FirstPurchaseQuestion& question, const Context& context);
Cells cells_of(const FirstPurchaseQuestion& question, const Context& context);

}  // namespace gm::query
