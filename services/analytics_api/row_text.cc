#include "services/analytics_api/row_text.h"

#include <cmath>

#include "lib/base/time.h"
#include "services/analytics_api/render_table.h"

namespace gm::analytics_api {
namespace {

using Json = nlohmann::ordered_json;
using store::ColumnKind;

std::string_view type_name(ColumnKind kind) {
  static constexpr std::string_view kNames[] = {"text", "integer", "number", "flag", "date", "moment"};
  return kNames[static_cast<size_t>(kind)];
}

Json shown(const store::Value& value, ColumnKind kind) {
  if (store::is_null(value)) return nullptr;
  if (kind == ColumnKind::flag) return store::as_int(value) != 0;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* date = std::get_if<Date>(&value)) return date->to_string();
  if (const auto* moment = std::get_if<store::TimestampMs>(&value)) return format_iso8601(moment->unix_ms);
  // JSON has no infinity.
  if (const auto* number = std::get_if<double>(&value)) return std::isfinite(*number) ? Json(*number) : Json(nullptr);
  return store::as_int(value);
}

}  // namespace

RowText::RowText(TableFormat format, const std::vector<store::RowColumn>& columns)
    : format_(format), columns_(columns) {
  for (const std::string& name : store::distinct_names(columns)) names_.push_back(json_text(name));
}

std::string RowText::head() const {
  std::string text;
  if (format_ == TableFormat::csv) {
    for (size_t i = 0; i < columns_.size(); ++i) text += (i == 0 ? "" : ",") + csv_cell(columns_[i].name);
    return text + "\r\n";
  }
  if (format_ == TableFormat::ndjson) return text;
  Json list = Json::array();
  for (const store::RowColumn& column : columns_) {
    list.push_back({{"name", column.name}, {"type", type_name(column.kind)}});
  }
  return "\"columns\":" + json_text(list) + ",\"rows\":[";
}

void RowText::append(const std::vector<store::Value>& row, std::string& out) {
  const bool csv = format_ == TableFormat::csv, lines = format_ == TableFormat::ndjson;
  if (!csv && !lines && !first_) out += ',';
  first_ = false;
  if (!csv) out += lines ? '{' : '[';
  for (size_t i = 0; i < columns_.size(); ++i) {
    const Json value = shown(row[i], columns_[i].kind);
    if (i > 0) out += ',';
    if (lines) out += names_[i] + ':';
    out += csv ? csv_cell(value) : json_text(value);
  }
  out += csv ? "\r\n" : lines ? "}\n" : "]";
}

}  // namespace gm::analytics_api
