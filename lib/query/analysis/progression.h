#pragma once
// Private to this folder: how players get through the levels, and where they stop.

#include "lib/query/analysis/context.h"

namespace gm::query {

Result<TableAnswer> answer(const ProgressionQuestion& question, const Context& context);
Cells cells_of(const ProgressionQuestion& question, const Context& context);

}  // namespace gm::query
