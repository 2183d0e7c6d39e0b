#pragma once
// Statements for the analytics store and the tables it answers with.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lib/base/time.h"

namespace gm::store {

// A TIMESTAMP_MS value, kept apart from plain integers so that it is bound with the column's own type
// (a literal of another timestamp type defeats DuckDB's zone maps: 79 ms instead of 1.2 ms).
struct TimestampMs {
  int64_t unix_ms = 0;
  bool operator==(const TimestampMs&) const = default;
};

using Value = std::variant<std::monostate, int64_t, double, std::string, Date, TimestampMs>;

// `sql` holds `?` for each of `parameters`; text never comes from a request.
struct Statement {
  std::string sql;
  std::vector<Value> parameters;
};

struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;
};

inline bool is_null(const Value& value) { return std::holds_alternative<std::monostate>(value); }
// The number in an int64 or double value; 0 for anything else.
inline double as_double(const Value& value) {
  if (const auto* i = std::get_if<int64_t>(&value)) return static_cast<double>(*i);
  if (const auto* d = std::get_if<double>(&value)) return *d;
  return 0;
}
inline int64_t as_int(const Value& value) {
  if (const auto* i = std::get_if<int64_t>(&value)) return *i;
  if (const auto* d = std::get_if<double>(&value)) return static_cast<int64_t>(*d);
  return 0;
}
// The text in a text value; empty for anything else.
inline std::string as_text(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text ? *text : std::string();
}
// The moment in a TimestampMs value; 0 for anything else.
inline int64_t as_moment_ms(const Value& value) {
  const auto* moment = std::get_if<TimestampMs>(&value);
  return moment ? moment->unix_ms : 0;
}

}  // namespace gm::store
