#pragma once
// Private to this folder: how much a statement asks to be made of it before the first row is read. DuckDB makes every
// column of `*` and every use of a name of WITH while it binds, where neither the time nor the memory limit is looked
// at.

#include <cstddef>
#include <nlohmann/json.hpp>

namespace gm::duckdb {

// `columns`: the widest list of columns that a part of the statement has; `tables`: how often a table is read in it,
// each name of WITH counted as what stands behind it.
struct SqlExtent {
  size_t columns = 0;
  size_t tables = 0;
};

// `tree`: a statement as json_serialize_sql gives it. An upper bound: a table counts as kColumnsOfATable columns.
// Saturates instead of overflowing.
SqlExtent extent_of(const nlohmann::json& tree);

inline constexpr size_t kColumnsOfATable = 32;

}  // namespace gm::duckdb
