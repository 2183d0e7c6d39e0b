#pragma once
// Private to this folder: merges deltas and drops old versions. Each table in its own transaction: a crash between two
// leaves every table either merged or not, and both give the same answers.

#include <set>

#include "adapters/duckdb/batch_writer.h"
#include "adapters/duckdb/connection.h"

namespace gm::duckdb {

// On success `unmerged` is empty.
Status compact_tables(Connection& connection, std::set<UnmergedDay>& unmerged);

}  // namespace gm::duckdb
