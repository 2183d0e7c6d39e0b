#include "services/data_retention/row_json.h"

#include <nlohmann/json.hpp>

#include "lib/base/time.h"

namespace gm::data_retention {
namespace {

using Json = nlohmann::ordered_json;
using store::ColumnKind;
using store::Value;

constexpr std::string_view kPlainJson = "properties";

Json json_of(const Value& value, ColumnKind kind) {
  if (store::is_null(value)) return nullptr;
  switch (kind) {
    case ColumnKind::text:
      return store::as_text(value);
    case ColumnKind::integer:
      return store::as_int(value);
    case ColumnKind::number:
      return store::as_double(value);
    case ColumnKind::flag:
      return store::as_int(value) != 0;
    case ColumnKind::date:
      return std::get<Date>(value).to_string();
    case ColumnKind::moment:
      return format_iso8601(store::as_moment_ms(value));
  }
  return nullptr;
}

std::string text_of(const Json& json) {
  // Ids and refused bytes are what somebody sent.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string row_json(const std::vector<store::RowColumn>& columns, const std::vector<Value>& row) {
  std::string text = "{";
  for (size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) text += ',';
    text += text_of(columns[i].name) + ':';
    const bool plain = columns[i].name == kPlainJson && !store::as_text(row[i]).empty();
    text += plain ? store::as_text(row[i]) : text_of(json_of(row[i], columns[i].kind));
  }
  return text + '}';
}

}  // namespace gm::data_retention
