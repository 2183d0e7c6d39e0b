#pragma once
// Private to this folder: appends rows to one table, filling DuckDB's data chunks directly.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "adapters/duckdb/connection.h"
#include "lib/base/time.h"
#include "lib/base/uuid.h"

namespace gm::duckdb {

// Rows are written column after column in the table's order, then end_row(). The first error is kept until finish().
class TableAppender {
 public:
  // `catalog` is null for the store's own file and "temp" for temporary tables.
  TableAppender(Connection& connection, const char* catalog, const char* table);
  TableAppender(const TableAppender&) = delete;
  TableAppender& operator=(const TableAppender&) = delete;
  ~TableAppender();

  // T is the column's physical type exactly.
  template <typename T>
  TableAppender& add(T value) {
    if (!data_.empty()) static_cast<T*>(data_[column_])[row_] = value;
    ++column_;
    return *this;
  }
  TableAppender& add(Date date) { return add<int32_t>(date.days); }
  TableAppender& add(const Uuid& id);
  // Invalid UTF-8 is replaced by U+FFFD: the store holds valid text only.
  TableAppender& add_text(std::string_view text);
  TableAppender& add_null();
  void end_row();

  Status finish();

 private:
  void flush_chunk();
  void bind_chunk();
  void keep_error();

  const char* table_;
  duckdb_appender appender_ = nullptr;
  duckdb_data_chunk chunk_ = nullptr;
  std::vector<duckdb_vector> vectors_;
  std::vector<void*> data_;
  size_t column_ = 0;
  size_t row_ = 0;
  size_t rows_max_ = 0;
  std::optional<Error> error_;
};

// UUIDs are 128-bit integers with the highest bit flipped, so that they sort as signed numbers.
duckdb_hugeint to_hugeint(const Uuid& id);
Uuid to_uuid(duckdb_hugeint value);

}  // namespace gm::duckdb
