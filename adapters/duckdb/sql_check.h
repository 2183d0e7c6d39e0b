#pragma once
// Private to this folder: what a caller's SQL may say. It is judged by the tree that DuckDB's own parser made of it, so
// that comments, quotes and cases cannot say one thing here and another there; what is not on the lists is refused.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace gm::duckdb {

struct CheckedSql {
  size_t table_references = 0;  // how often one of the tables is named
};

// `tree`: what json_serialize_sql made of `text`. Errors: gm-sql-malformed, gm-sql-refused.
Result<CheckedSql> check_sql(std::string_view text, std::string_view tree, const std::vector<std::string_view>& tables);

// "line 2, column 5: " of the byte at `offset`; empty when that is no place of the text. Columns count characters.
std::string place_in(std::string_view text, uint64_t offset);

}  // namespace gm::duckdb
