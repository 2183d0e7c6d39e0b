#pragma once
// Private to this folder: what players are worth: lifetime value and spender segments.

#include "lib/query/analysis/context.h"

namespace gm::query {

Result<TableAnswer> answer(const LtvQuestion& question, const Context& context);
Cells cells_of(const LtvQuestion& question, const Context& context);
Result<TableAnswer> answer(const SpendersQuestion& question, const Context& context);
Cells cells_of(const SpendersQuestion& question, const Context& context);

}  // namespace gm::query
