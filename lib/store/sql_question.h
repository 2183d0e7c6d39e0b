#pragma once
// A caller's own SQL: the tables that exist for it and its limits.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/store/row_source.h"
#include "lib/store/table.h"

namespace gm::store {

struct SqlColumn {
  std::string_view name;
  ColumnKind kind = ColumnKind::text;
  std::string_view meaning;
};

// A table as the caller sees it. `rows` is where its rows come from, and the only place: it selects the columns at the
// given places of `columns`, in that order and each as its kind's own type, of one project.
struct SqlTable {
  std::string_view name;
  std::string_view meaning;
  std::vector<SqlColumn> columns;
  std::function<Statement(const std::vector<size_t>& places)> rows;
};

struct SqlLimits {
  int64_t timeout_ms = 0;
  int64_t memory_bytes_max = 0;
  int64_t text_bytes_max = 0;
  std::string_view timeout_setting = "sql.timeout";  // what the time is from
};

struct SqlQuestion {
  std::string text;  // as the caller wrote it
  std::vector<SqlTable> tables;
  SqlLimits limits;
};

}  // namespace gm::store
