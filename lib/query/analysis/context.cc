#include "lib/query/analysis/context.h"

#include <fmt/format.h>

namespace gm::query {

Result<Explanation> Context::explain(const KindText& text, Date last) const {
  const auto totals = run(Compiler().day_totals(scope_.project, frame_.range, {Measure::events, Measure::late_events}));
  if (!totals) return totals.error();
  int64_t events = 0, late = 0;
  for (const auto& row : totals->rows) {
    events += store::as_int(row[1]);
    late += store::as_int(row[2]);
  }
  std::optional<std::vector<UnconvertedMoney>> unconverted;
  if (text.money_of) {
    auto found = unconverted_money(store_, scope_, *text.money_of, settings_.timeout_ms);
    if (!found) return found.error();
    unconverted = std::move(*found);
  }
  return Explanation{text.name,
                     text.title,
                     text.definition,
                     text.unit == kCurrencyUnit ? scope_.currency : text.unit,
                     std::string(calendar_.zone_name()),
                     text.window,
                     frame_.range,
                     calendar_.complete({frame_.range.from, last}),
                     share_of(late, events),
                     scope_.as_of_ms,
                     index_ ? kIndexEngine : kSqlEngine,
                     std::string(engine_reason_),
                     std::move(unconverted)};
}

EventRows Context::rows() const {
  EventRows rows;
  rows.range = frame_.range;
  rows.add(frame_.filter);
  rows.breakdown = frame_.breakdown;
  return rows;
}

void Context::add_breakdown(std::vector<Coordinate>& coordinates) const {
  for (size_t i = 0; i < frame_.breakdown.size(); ++i) {
    coordinates.push_back({frame_.breakdown[i].name(), fmt::format("b{}", i), ColumnType::text});
  }
  if (!frame_.breakdown.empty()) coordinates.push_back({"other", "other", ColumnType::flag});
}

std::vector<Column> columns_of(const std::vector<Coordinate>& coordinates) {
  std::vector<Column> columns;
  for (const Coordinate& each : coordinates) columns.push_back({each.name, each.type, true});
  return columns;
}

}  // namespace gm::query
