#include "services/analytics_api/table_rows.h"

#include <algorithm>

namespace gm::analytics_api {
namespace {

using query::ColumnType;
using store::ColumnKind;
using store::Value;

ColumnKind kind_of(ColumnType type) {
  static constexpr ColumnKind kKinds[] = {ColumnKind::text,    ColumnKind::date,   ColumnKind::moment,
                                          ColumnKind::integer, ColumnKind::number, ColumnKind::flag};
  return kKinds[static_cast<size_t>(type)];
}

// A column of integers that a part of one has got into is one of numbers.
bool holds_parts(const store::RowBlock& rows, size_t column) {
  return std::any_of(rows.begin(), rows.end(),
                     [&](const auto& row) { return std::holds_alternative<double>(row[column]); });
}

// As its column's kind wants it: an answer may hold a day in a column of texts, and keeps moments as integers.
Value fitted(Value value, ColumnKind kind) {
  if (store::is_null(value)) return value;
  const auto* date = std::get_if<Date>(&value);
  if (kind == ColumnKind::text && date != nullptr) return date->to_string();
  if (kind == ColumnKind::moment) return store::TimestampMs{store::as_int(value)};
  if (kind == ColumnKind::number) return store::as_double(value);
  if (kind == ColumnKind::integer || kind == ColumnKind::flag) return store::as_int(value);
  return value;
}

}  // namespace

TableRows::TableRows(query::AnswerTable table) : rows_(std::move(table.rows)) {
  for (size_t i = 0; i < table.columns.size(); ++i) {
    ColumnKind kind = kind_of(table.columns[i].type);
    if (kind == ColumnKind::integer && holds_parts(rows_, i)) kind = ColumnKind::number;
    columns_.push_back({table.columns[i].name, kind});
  }
  for (auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) row[i] = fitted(std::move(row[i]), columns_[i].kind);
  }
}

query::AnswerTable points_table(const query::MetricAnswer& answer) {
  query::AnswerTable table{
      "points", {{"date", ColumnType::date}, {"value", ColumnType::number}, {"provisional", ColumnType::flag}}, {}};
  for (const query::Point& point : answer.points) {
    table.rows.push_back({point.date, point.value ? Value(*point.value) : Value(), int64_t{point.provisional}});
  }
  return table;
}

}  // namespace gm::analytics_api
