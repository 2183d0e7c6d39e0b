#pragma once
// Private to this folder: the tables and how an older file is brought forward.

#include "adapters/duckdb/connection.h"

namespace gm::duckdb {

// Creates or migrates the tables. Error gm-store-too-new when the file was written by a newer version.
Status migrate(Connection& connection);
// Writes nothing. Errors: gm-store-too-new.
Status check_version(Connection& connection);

}  // namespace gm::duckdb
