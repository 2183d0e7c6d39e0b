#pragma once
// Rows as a Parquet file, written by DuckDB.

#include "lib/config/settings.h"
#include "lib/store/row_file.h"

namespace gm::duckdb {

// A database of its own per file, in memory and with nothing in it, whose one function reads the rows and whose one way
// out is a pipe of this process: nothing that a caller said is said to it.
class ParquetFile final : public store::RowFile {
 public:
  explicit ParquetFile(int64_t memory_bytes_max) : memory_bytes_max_(memory_bytes_max) {}
  static ParquetFile from(const config::Settings& settings) { return ParquetFile(settings.bytes("export.memory_max")); }
  // Texts, integers, numbers, flags and dates are what they are; a moment is a TIMESTAMP in UTC, in microseconds. Where
  // two columns have one name the second is "name_2".
  Status write(store::RowSource& rows, const store::ByteSink& sink) override;

 private:
  const int64_t memory_bytes_max_;
};

}  // namespace gm::duckdb
