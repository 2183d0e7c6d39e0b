#pragma once
// Private to this folder: tables of one database that read their rows from another one, through a function of this
// program.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/duckdb/connection.h"
#include "lib/store/sql_question.h"

namespace gm::duckdb {

// The rows of a statement that runs on the store; letting go of it ends the reading.
class ScanRows {
 public:
  virtual ~ScanRows() = default;
  virtual Rows& rows() = 0;
};

// What the tables of one question read from. Used by the one thread that runs the question.
struct ScanSource {
  std::vector<store::SqlTable> tables;
  std::function<Result<std::unique_ptr<ScanRows>>(const store::Statement&)> open;
  std::optional<Error> failure;  // why a scan stopped, in the store's words
};

// Makes each of the tables a view of its name in `connection`'s database. `source` outlives the database.
Status make_tables(Connection& connection, ScanSource& source);

}  // namespace gm::duckdb
