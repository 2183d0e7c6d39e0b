#pragma once
// Private to this folder: merges deltas and drops old versions. Each table in its own transaction: a crash between two
// leaves every table either merged or not, and both give the same answers.

#include <set>

#include "adapters/duckdb/batch_writer.h"
#include "adapters/duckdb/connection.h"

namespace gm::duckdb {

// Goes on after a failure and answers with the first. On success `unmerged` is empty.
// Needs the macros of StateReader::open on the connection.
Status compact_tables(Connection& connection, std::set<UnmergedDay>& unmerged);

}  // namespace gm::duckdb
