#pragma once
// Private to this folder: series and formulas over time, and the catalogue's metrics, which are formulas too.

#include "lib/query/analysis/context.h"

namespace gm::query {

Result<TableAnswer> answer(const TrendQuestion& question, const Context& context);
Result<TableAnswer> answer(const MetricsQuestion& question, const Context& context);

// The cells of one series: `choice` names it ("series": "B"; for metrics also "metric"); those coordinates are taken
// out of the choice.
Result<Cells> cells_of(const TrendQuestion& question, CellChoice& choice, const Context& context);
Result<Cells> cells_of(const MetricsQuestion& question, CellChoice& choice, const Context& context);

// The one series that the choice names.
Result<Series> chosen_series(const TrendQuestion& question, CellChoice choice);
Result<Series> chosen_series(const MetricsQuestion& question, CellChoice choice);

std::vector<Series> series_of(const Metric& metric);
Interval interval_of(const MetricsQuestion& question, const Metric& metric);

}  // namespace gm::query
