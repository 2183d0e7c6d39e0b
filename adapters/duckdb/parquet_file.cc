#include "adapters/duckdb/parquet_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "adapters/duckdb/connection.h"
#include "lib/io/pipe.h"

namespace gm::duckdb {
namespace {

using store::ColumnKind;
using store::RowBlock;
using store::Value;

constexpr const char* kFunction = "gm_export";
constexpr size_t kReadBytes = 64 << 10;
constexpr int64_t kMicrosPerMs = 1000;

duckdb_type type_of(ColumnKind kind) {
  static constexpr duckdb_type kTypes[] = {DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_BIGINT, DUCKDB_TYPE_DOUBLE,
                                           DUCKDB_TYPE_BOOLEAN, DUCKDB_TYPE_DATE,   DUCKDB_TYPE_TIMESTAMP_TZ};
  return kTypes[static_cast<size_t>(kind)];
}

// The rows on their way into DuckDB: a block of theirs gives as many chunks as it takes.
struct Reading {
  store::RowSource& rows;
  RowBlock block = {};
  size_t taken = 0;  // of the block
  std::optional<Error> failure = {};
};

template <typename T>
void put(duckdb_vector vector, idx_t row, T value) {
  static_cast<T*>(duckdb_vector_get_data(vector))[row] = value;
}

void put_value(duckdb_vector vector, idx_t row, const Value& value, ColumnKind kind) {
  if (store::is_null(value)) {
    duckdb_vector_ensure_validity_writable(vector);
    return duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), row);
  }
  switch (kind) {
    case ColumnKind::text: {
      const auto& text = std::get<std::string>(value);
      return duckdb_vector_assign_string_element_len(vector, row, text.data(), text.size());
    }
    case ColumnKind::integer:
      return put<int64_t>(vector, row, store::as_int(value));
    case ColumnKind::number:
      return put<double>(vector, row, store::as_double(value));
    case ColumnKind::flag:
      return put<bool>(vector, row, store::as_int(value) != 0);
    case ColumnKind::date:
      return put<duckdb_date>(vector, row, {std::get<Date>(value).days});
    case ColumnKind::moment:
      return put<duckdb_timestamp>(vector, row, {std::get<store::TimestampMs>(value).unix_ms * kMicrosPerMs});
  }
}

void bind(duckdb_bind_info info) {
  auto* reading = static_cast<Reading*>(duckdb_bind_get_extra_info(info));
  const auto& columns = reading->rows.columns();
  const std::vector<std::string> names = store::distinct_names(columns);
  for (size_t i = 0; i < columns.size(); ++i) {
    duckdb_logical_type type = duckdb_create_logical_type(type_of(columns[i].kind));
    duckdb_bind_add_result_column(info, names[i].c_str(), type);
    duckdb_destroy_logical_type(&type);
  }
  duckdb_bind_set_bind_data(info, reading, nullptr);
}

void begin(duckdb_init_info info) { duckdb_init_set_max_threads(info, 1); }

Status refill(Reading& reading) {
  auto block = reading.rows.next();
  if (!block) return block.error();
  reading.block = std::move(*block);
  reading.taken = 0;
  return {};
}

void read(duckdb_function_info info, duckdb_data_chunk output) {
  auto& reading = *static_cast<Reading*>(duckdb_function_get_bind_data(info));
  if (reading.taken == reading.block.size()) {
    if (const Status more = refill(reading); !more) {
      reading.failure = more.error();
      return duckdb_function_set_error(info, more.error().message.c_str());
    }
  }
  const auto& columns = reading.rows.columns();
  const size_t count = std::min<size_t>(reading.block.size() - reading.taken, duckdb_vector_size());
  for (size_t column = 0; column < columns.size(); ++column) {
    duckdb_vector vector = duckdb_data_chunk_get_vector(output, column);
    for (size_t row = 0; row < count; ++row) {
      put_value(vector, row, reading.block[reading.taken + row][column], columns[column].kind);
    }
  }
  reading.taken += count;
  duckdb_data_chunk_set_size(output, count);
}

Status register_function(Connection& connection, Reading& reading) {
  duckdb_table_function function = duckdb_create_table_function();
  duckdb_table_function_set_name(function, kFunction);
  duckdb_table_function_set_extra_info(function, &reading, nullptr);
  duckdb_table_function_set_bind(function, bind);
  duckdb_table_function_set_init(function, begin);
  duckdb_table_function_set_function(function, read);
  const duckdb_state state = duckdb_register_table_function(connection.handle(), function);
  duckdb_destroy_table_function(&function);
  if (state != DuckDBSuccess) return store_error("the function of an export", nullptr);
  return {};
}

Result<Database> open_database(int64_t memory_bytes_max, const std::string& path) {
  auto database = Database::open(":memory:", {{"threads", "1"},
                                              {"memory_limit", fmt::format("{}B", memory_bytes_max)},
                                              {"autoinstall_known_extensions", "false"},
                                              {"autoload_known_extensions", "false"}});
  if (!database) return database;
  auto connection = Connection::open(*database);
  if (!connection) return connection.error();
  for (const std::string& setting :
       {std::string("SET temp_directory = ''"), fmt::format("SET allowed_paths = ['{}']", path),
        std::string("SET enable_external_access = false"), std::string("SET lock_configuration = true")}) {
    if (auto set = connection->execute(setting); !set) return set.error();
  }
  return database;
}

// Gives the sink what arrives in the pipe, on a thread of its own.
class Drain {
 public:
  Drain(io::Pipe& pipe, const store::ByteSink& sink) : thread_([this, &pipe, &sink] { run(pipe, sink); }) {}
  // Precondition: the pipe's writing end is closed, or will be.
  void join() { thread_.join(); }
  bool wanted() const { return wanted_; }

 private:
  void run(io::Pipe& pipe, const store::ByteSink& sink) {
    std::string buffer(kReadBytes, '\0');
    while (const size_t count = pipe.read_some(buffer.data(), buffer.size())) {
      wanted_ = sink({buffer.data(), count});
      if (!wanted_) return pipe.close_reading();
    }
  }

  bool wanted_ = true;
  std::thread thread_;
};

Status copy(Reading& reading, int64_t memory_bytes_max, const std::string& path) {
  auto database = open_database(memory_bytes_max, path);
  if (!database) return database.error();
  auto connection = Connection::open(*database);
  if (!connection) return connection.error();
  if (auto registered = register_function(*connection, reading); !registered) return registered;
  return connection->execute(
      fmt::format("COPY (FROM {}()) TO '{}' (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)", kFunction, path));
}

}  // namespace

Status ParquetFile::write(store::RowSource& rows, const store::ByteSink& sink) {
  auto pipe = io::Pipe::open();
  if (!pipe) return Error{"gm-store-unavailable", pipe.error().message};
  Reading reading{rows};
  Drain drain(*pipe, sink);
  Status copied = copy(reading, memory_bytes_max_, pipe->path());
  pipe->close_writing();
  drain.join();
  if (reading.failure) return *reading.failure;
  if (!drain.wanted()) return Error{"gm-export-unwanted", "the reader wants no more"};
  return copied;
}

}  // namespace gm::duckdb
