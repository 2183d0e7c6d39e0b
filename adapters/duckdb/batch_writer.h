#pragma once
// Private to this folder: writes a micro-batch, all tables and the log positions in one transaction.

#include <cstdint>
#include <set>
#include <utility>

#include "adapters/duckdb/connection.h"
#include "lib/store/analytics_store.h"

namespace gm::duckdb {

// A (project, date) whose deltas are not merged yet; compaction reads no others.
using UnmergedDay = std::pair<uint32_t, Date>;

// Adds the days that the batch makes unmerged to `unmerged` once the transaction has committed.
Status write_batch(Connection& connection, const store::MicroBatch& batch, std::set<UnmergedDay>& unmerged);

}  // namespace gm::duckdb
