#pragma once
// Private to this folder: what players' active days say: segments, lifecycle, stickiness, churn.

#include "lib/query/analysis/context.h"

namespace gm::query {

Result<TableAnswer> answer(const SegmentQuestion& question, const Context& context);
Cells cells_of(const SegmentQuestion& question, const Context& context);
Result<TableAnswer> answer(const LifecycleQuestion& question, const Context& context);
Cells cells_of(const LifecycleQuestion& question, const Context& context);
Result<TableAnswer> answer(const StickinessQuestion& question, const Context& context);
Cells cells_of(const StickinessQuestion& question, const Context& context);
Result<TableAnswer> answer(const ChurnQuestion& question, const Context& context);
Cells cells_of(const ChurnQuestion& question, const Context& context);

}  // namespace gm::query
