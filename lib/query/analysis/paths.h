#pragma once
// Private to this folder: which event follows which.

#include "lib/query/analysis/context.h"

namespace gm::query {

Result<TableAnswer> answer(const PathsQuestion& question, const Context& context);
Cells cells_of(const PathsQuestion& question, const Context& context);

}  // namespace gm::query
