#pragma once
// Private to this folder: runs a caller's SQL behind two walls. One is check_sql(): the statement says only what is on
// the lists. The other does not need the first: the statement runs in a database of its own, in memory, without files,
// extensions or settings, whose tables are functions of this program that read the rows of one project. What is not in
// there has no name that could be said. docs/adr/0017 has the reasons.

#include <functional>
#include <memory>
#include <vector>

#include "adapters/duckdb/connection.h"
#include "adapters/duckdb/watchdog.h"
#include "lib/store/row_source.h"
#include "lib/store/sql_question.h"

namespace gm::duckdb {

// Connections to the store that all see the same moment, one for each table that is read at the same time.
class Snapshots {
 public:
  virtual ~Snapshots() = default;
  // Null when all are in use.
  virtual std::unique_ptr<Connection> take() = 0;
  virtual void give_back(std::unique_ptr<Connection> connection) = 0;
};
using OpenSnapshots = std::function<Result<std::unique_ptr<Snapshots>>(size_t count)>;

// The second wall's parts: the empty database, and what locks it once its tables are made.
Result<Database> open_sandbox(const store::SqlLimits& limits);
Status close_doors(Connection& connection);

// `watchdog` outlives the source. Errors: those of SqlStore::ask_sql.
Result<std::unique_ptr<store::RowSource>> ask_in_sandbox(const store::SqlQuestion& question,
                                                         const OpenSnapshots& open_snapshots, Watchdog& watchdog);

}  // namespace gm::duckdb
