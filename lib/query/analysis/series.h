#pragma once
// Private to this folder: one series as cells of (interval, breakdown).

#include <vector>

#include "lib/query/analysis/context.h"

namespace gm::query {

// Of series `index` over `range`. The values of a breakdown are ranked by the first series, those that it does not have
// behind them, all over the frame's own range, so that every series and period of an answer shows the same values.
Cells series_cells(const std::vector<Series>& all, size_t index, Interval interval, DateRange range,
                   const Context& context);

// The aggregate's result in the unit shown.
std::optional<double> shown_value(SeriesMeasure measure, const store::Value& value);

// The starts of all intervals that `range` touches: dates, or moments for hours.
std::vector<store::Value> buckets_of(Interval interval, DateRange range, const Calendar& calendar);
// The last day of the interval.
Date last_day_of(Interval interval, const store::Value& bucket, const Scope& scope);

}  // namespace gm::query
