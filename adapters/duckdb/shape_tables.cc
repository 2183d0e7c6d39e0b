#include "adapters/duckdb/shape_tables.h"

#include <fmt/format.h>

#include "adapters/duckdb/table_appender.h"

namespace gm::duckdb {

using store::MicroBatch;

Result<store::KnownShapes> read_known_shapes(Connection& connection, ProjectId project) {
  store::KnownShapes known;
  auto events = connection.query(
      fmt::format("SELECT event FROM event_shapes WHERE project = {} GROUP BY event", project.value()));
  if (!events) return events.error();
  while (const size_t count = events->next_chunk()) {
    for (size_t i = 0; i < count; ++i) known.events.emplace_back(events->text(0, i));
  }
  auto properties = connection.query(
      fmt::format("SELECT event, property, bit_or(1 << type)::UTINYINT FROM property_shapes WHERE project = {} "
                  "GROUP BY event, property",
                  project.value()));
  if (!properties) return properties.error();
  while (const size_t count = properties->next_chunk()) {
    for (size_t i = 0; i < count; ++i) {
      known.properties.push_back({std::string(properties->text(0, i)), std::string(properties->text(1, i)),
                                  event::PropertyTypes::from_bits(properties->get<uint8_t>(2, i))});
    }
  }
  return known;
}

Status write_event_shapes(Connection& connection, const MicroBatch& batch) {
  TableAppender table(connection, nullptr, "event_shapes");
  for (const store::EventShapeDelta& row : batch.event_shapes) {
    table.add(row.project.value()).add_text(row.event).add(row.events).add(row.first_ms).add(row.last_ms).end_row();
  }
  return table.finish();
}

Status write_property_shapes(Connection& connection, const MicroBatch& batch) {
  TableAppender table(connection, nullptr, "property_shapes");
  for (const store::PropertyShapeDelta& row : batch.property_shapes) {
    table.add(row.project.value()).add_text(row.event).add_text(row.property).add(static_cast<uint8_t>(row.type));
    table.add(row.values).add(row.first_ms).add(row.last_ms).add_text(row.sample).end_row();
  }
  return table.finish();
}

Status write_shape_overflows(Connection& connection, const MicroBatch& batch) {
  TableAppender table(connection, nullptr, "shape_overflows");
  for (const store::ShapeOverflowDelta& row : batch.shape_overflows) {
    table.add(row.project.value()).add_text(row.reason).add(row.times).end_row();
  }
  return table.finish();
}

}  // namespace gm::duckdb
