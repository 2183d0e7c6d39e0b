#pragma once
// Port: a caller's own SQL over a store. Embedded: DuckDB. Distributed: ClickHouse.

#include <memory>

#include "lib/base/result.h"
#include "lib/store/row_source.h"
#include "lib/store/sql_question.h"

namespace gm::store {

// Safe to use from several threads.
class SqlStore {
 public:
  virtual ~SqlStore() = default;
  // Runs a caller's own SELECT where nothing exists but the question's tables, all as of one moment. Errors, here and
  // of the source: gm-sql-malformed, gm-sql-refused, gm-sql-failed (all three with line and column where there is
  // one), gm-sql-out-of-memory, gm-sql-timeout, gm-query-cancelled (by the StoppedBy of the thread that asks, for as
  // long as the source lives), gm-store-unavailable. The store outlives the source.
  virtual Result<std::unique_ptr<RowSource>> ask_sql(const SqlQuestion& question) = 0;
};

}  // namespace gm::store
