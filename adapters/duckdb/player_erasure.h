#pragma once
// Private to this folder: takes a player out of the tables or puts right what they say of him, and takes what was
// deleted out of the file.

#include <map>
#include <string>

#include "adapters/duckdb/connection.h"
#include "lib/store/erasable_store.h"

namespace gm::duckdb {

Result<store::ErasedRows> erase_player(Connection& connection, const store::PlayerErasure& erasure);

// What is stored of a player is put right.
Status rectify_player(Connection& connection, const store::PlayerRectification& rectification);

// A copy of the database file `from`, which nobody writes to meanwhile, in `to`: tables, views and rows, and nothing
// of the rows that were deleted.
Status copy_database(const std::string& from, const std::string& to, int64_t memory_bytes_max);

}  // namespace gm::duckdb
