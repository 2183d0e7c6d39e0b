#pragma once
// Private to this folder: the tables that say which properties came with which event, of which types.

#include "adapters/duckdb/connection.h"
#include "lib/store/analytics_store.h"

namespace gm::duckdb {

// Of one project, in no order.
Result<store::KnownShapes> read_known_shapes(Connection& connection, ProjectId project);

// Rows of a micro-batch, inside its transaction.
Status write_event_shapes(Connection& connection, const store::MicroBatch& batch);
Status write_property_shapes(Connection& connection, const store::MicroBatch& batch);
Status write_shape_overflows(Connection& connection, const store::MicroBatch& batch);

}  // namespace gm::duckdb
