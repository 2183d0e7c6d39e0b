#pragma once
// Private to this folder: turns cells of DuckDB's column types into store::Value.

#include <functional>

#include "adapters/duckdb/connection.h"
#include "lib/store/table.h"

namespace gm::duckdb {

using ColumnReader = std::function<store::Value(const Rows& rows, size_t column, size_t row)>;

// Error gm-query-invalid for types no metric needs (lists, structs, blobs).
Result<ColumnReader> column_reader(duckdb_result& result, idx_t column);

}  // namespace gm::duckdb
