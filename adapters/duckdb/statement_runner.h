#pragma once
// Private to this folder: runs a reader's statement with typed parameters and limits.

#include <memory>
#include <optional>

#include "adapters/duckdb/connection.h"
#include "adapters/duckdb/watchdog.h"
#include "lib/store/table.h"

namespace gm::duckdb {

struct QueryLimits {
  int64_t timeout_ms = 0;
  int64_t rows_max = 0;
};

// A statement that has begun. Its rows are made as they are read, chunk by chunk.
class OpenStatement {
 public:
  OpenStatement(duckdb_prepared_statement prepared, duckdb_result result) : prepared_(prepared), rows_(result) {}
  OpenStatement(const OpenStatement&) = delete;
  OpenStatement& operator=(const OpenStatement&) = delete;
  ~OpenStatement();
  Rows& rows() { return *rows_; }

 private:
  duckdb_prepared_statement prepared_;
  std::optional<Rows> rows_;
};

// Of a statement whose asker wants it no more (store::StoppedBy).
Error cancelled();

// SELECT and EXPLAIN only. Errors as AnalyticsStore::run.
Result<std::unique_ptr<OpenStatement>> open_statement(Connection& connection, const store::Statement& statement);

// Errors as AnalyticsStore::run.
Result<store::Table> run_statement(Connection& connection, Watchdog& watchdog, const store::Statement& statement,
                                   const QueryLimits& limits);

}  // namespace gm::duckdb
