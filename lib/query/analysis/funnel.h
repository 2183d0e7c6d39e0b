#pragma once
// Private to this folder: how many go how far through a sequence of steps.

#include "lib/query/analysis/context.h"

namespace gm::query {

Result<TableAnswer> answer(const FunnelQuestion& question, const Context& context);
Cells cells_of(const FunnelQuestion& question, const Context& context);

}  // namespace gm::query
