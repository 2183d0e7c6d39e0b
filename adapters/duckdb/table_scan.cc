#include "adapters/duckdb/table_scan.h"

#include <fmt/format.h>

#include <numeric>

namespace gm::duckdb {
namespace {

constexpr const char* kFunction = "gm_rows";

duckdb_type type_of(store::ColumnKind kind) {
  switch (kind) {
    case store::ColumnKind::text:
      return DUCKDB_TYPE_VARCHAR;
    case store::ColumnKind::integer:
      return DUCKDB_TYPE_BIGINT;
    case store::ColumnKind::number:
      return DUCKDB_TYPE_DOUBLE;
    case store::ColumnKind::flag:
      return DUCKDB_TYPE_BOOLEAN;
    case store::ColumnKind::date:
      return DUCKDB_TYPE_DATE;
    case store::ColumnKind::moment:
      return DUCKDB_TYPE_TIMESTAMP;
  }
  return DUCKDB_TYPE_INVALID;
}

struct Bound {
  ScanSource* source;
  const store::SqlTable* table;
};

void bind(duckdb_bind_info info) {
  auto* source = static_cast<ScanSource*>(duckdb_bind_get_extra_info(info));
  duckdb_value number = duckdb_bind_get_parameter(info, 0);
  const auto index = static_cast<size_t>(duckdb_get_int64(number));
  duckdb_destroy_value(&number);
  if (index >= source->tables.size()) return duckdb_bind_set_error(info, "no such table");
  const store::SqlTable& table = source->tables[index];
  for (const store::SqlColumn& column : table.columns) {
    duckdb_logical_type type = duckdb_create_logical_type(type_of(column.kind));
    duckdb_bind_add_result_column(info, std::string(column.name).c_str(), type);
    duckdb_destroy_logical_type(&type);
  }
  duckdb_bind_set_bind_data(info, new Bound{source, &table}, [](void* data) { delete static_cast<Bound*>(data); });
}

struct Scan {
  std::unique_ptr<ScanRows> reading;
  std::vector<size_t> filled;  // which of the chunk's vectors the columns of `reading` go to
};

// The places of the columns that are wanted; what is no column (a mere count of rows) is not filled.
std::vector<size_t> wanted_columns(duckdb_init_info info, const store::SqlTable& table, std::vector<size_t>& filled) {
  std::vector<size_t> places;
  for (idx_t i = 0; i < duckdb_init_get_column_count(info); ++i) {
    const idx_t place = duckdb_init_get_column_index(info, i);
    if (place >= table.columns.size()) continue;
    places.push_back(place);
    filled.push_back(i);
  }
  if (places.empty()) places.push_back(0);  // rows cannot be read without any column
  return places;
}

// A scan that reads other types than it said would write past the vectors it is given.
bool has_types(duckdb_result& result, const store::SqlTable& table, const std::vector<size_t>& places) {
  if (duckdb_column_count(&result) != places.size()) return false;
  for (size_t i = 0; i < places.size(); ++i) {
    if (duckdb_column_type(&result, i) != type_of(table.columns[places[i]].kind)) return false;
  }
  return true;
}

void begin(duckdb_init_info info) {
  const auto& bound = *static_cast<Bound*>(duckdb_init_get_bind_data(info));
  auto scan = std::make_unique<Scan>();
  const std::vector<size_t> places = wanted_columns(info, *bound.table, scan->filled);
  auto reading = bound.source->open(bound.table->rows(places));
  if (reading && !has_types((*reading)->rows().result(), *bound.table, places)) {
    reading = Error{"gm-internal", fmt::format("the table {} has other types than it says", bound.table->name)};
  }
  if (!reading) {
    bound.source->failure = reading.error();
    return duckdb_init_set_error(info, reading.error().message.c_str());
  }
  scan->reading = std::move(*reading);
  duckdb_init_set_max_threads(info, 1);
  duckdb_init_set_init_data(info, scan.release(), [](void* data) { delete static_cast<Scan*>(data); });
}

void read(duckdb_function_info info, duckdb_data_chunk output) {
  auto& scan = *static_cast<Scan*>(duckdb_function_get_init_data(info));
  Rows& rows = scan.reading->rows();
  const size_t count = rows.next_chunk();
  if (count == 0) {
    if (const char* message = duckdb_result_error(&rows.result()); message != nullptr) {
      const auto& bound = *static_cast<Bound*>(duckdb_function_get_bind_data(info));
      bound.source->failure = statement_error("rows of a table", rows.result());
      return duckdb_function_set_error(info, message);
    }
  }
  for (size_t i = 0; i < scan.filled.size() && count > 0; ++i) {
    // Shares the vector instead of copying it.
    duckdb_vector_reference_vector(duckdb_data_chunk_get_vector(output, scan.filled[i]), rows.vector(i));
  }
  duckdb_data_chunk_set_size(output, count);
}

Status register_function(Connection& connection, ScanSource& source) {
  duckdb_table_function function = duckdb_create_table_function();
  duckdb_table_function_set_name(function, kFunction);
  duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
  duckdb_table_function_add_parameter(function, number);
  duckdb_destroy_logical_type(&number);
  duckdb_table_function_set_extra_info(function, &source, nullptr);
  duckdb_table_function_set_bind(function, bind);
  duckdb_table_function_set_init(function, begin);
  duckdb_table_function_set_function(function, read);
  duckdb_table_function_supports_projection_pushdown(function, true);
  const duckdb_state state = duckdb_register_table_function(connection.handle(), function);
  duckdb_destroy_table_function(&function);
  if (state != DuckDBSuccess) return store_error("the function of the tables", nullptr);
  return {};
}

}  // namespace

Status make_tables(Connection& connection, ScanSource& source) {
  if (auto registered = register_function(connection, source); !registered) return registered;
  for (size_t i = 0; i < source.tables.size(); ++i) {
    const std::string view = fmt::format("CREATE VIEW \"{}\" AS FROM {}({})", source.tables[i].name, kFunction, i);
    if (auto made = connection.execute(view); !made) return made;
  }
  return {};
}

}  // namespace gm::duckdb
