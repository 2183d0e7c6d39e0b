#pragma once
// Private to this folder: runs a reader's statement with typed parameters and limits.

#include "adapters/duckdb/connection.h"
#include "adapters/duckdb/watchdog.h"
#include "lib/store/table.h"

namespace gm::duckdb {

struct QueryLimits {
  int64_t timeout_ms = 0;
  int64_t rows_max = 0;
};

// Errors as AnalyticsStore::run.
Result<store::Table> run_statement(Connection& connection, Watchdog& watchdog, const store::Statement& statement,
                                   const QueryLimits& limits);

}  // namespace gm::duckdb
