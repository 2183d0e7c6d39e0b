#include "adapters/duckdb/statement_runner.h"

#include <fmt/format.h>

#include <utility>

#include "adapters/duckdb/column_reader.h"
#include "lib/store/stopped_by.h"

namespace gm::duckdb {
namespace {

using store::Table;
using store::Value;

class Prepared {
 public:
  ~Prepared() { duckdb_destroy_prepare(&handle); }
  duckdb_prepared_statement handle = nullptr;
};

Error invalid(std::string_view what, const char* message) {
  return {"gm-query-invalid", fmt::format("{}: {}", what, message != nullptr ? message : "no message")};
}

// The parameter takes the type of the column it is compared with, as DuckDB inferred it.
duckdb_state bind_integer(duckdb_prepared_statement statement, idx_t index, int64_t value) {
  if (value >= 0) {
    switch (duckdb_param_type(statement, index)) {
      case DUCKDB_TYPE_UTINYINT:
        return duckdb_bind_uint8(statement, index, static_cast<uint8_t>(value));
      case DUCKDB_TYPE_USMALLINT:
        return duckdb_bind_uint16(statement, index, static_cast<uint16_t>(value));
      case DUCKDB_TYPE_UINTEGER:
        return duckdb_bind_uint32(statement, index, static_cast<uint32_t>(value));
      case DUCKDB_TYPE_UBIGINT:
        return duckdb_bind_uint64(statement, index, static_cast<uint64_t>(value));
      default:
        break;
    }
  }
  return duckdb_bind_int64(statement, index, value);
}

struct Binder {
  duckdb_prepared_statement statement;
  idx_t index;

  duckdb_state operator()(std::monostate) const { return duckdb_bind_null(statement, index); }
  duckdb_state operator()(int64_t value) const { return bind_integer(statement, index, value); }
  duckdb_state operator()(double value) const { return duckdb_bind_double(statement, index, value); }
  duckdb_state operator()(const std::string& text) const {
    return duckdb_bind_varchar_length(statement, index, text.data(), text.size());
  }
  duckdb_state operator()(Date date) const { return duckdb_bind_date(statement, index, {date.days}); }
  duckdb_state operator()(store::TimestampMs time) const {
    duckdb_value value = duckdb_create_timestamp_ms({time.unix_ms});
    const duckdb_state state = duckdb_bind_value(statement, index, value);
    duckdb_destroy_value(&value);
    return state;
  }
};

Status prepare(Connection& connection, const store::Statement& statement, Prepared& prepared) {
  if (duckdb_prepare(connection.handle(), statement.sql.c_str(), &prepared.handle) != DuckDBSuccess) {
    return invalid("prepare", duckdb_prepare_error(prepared.handle));
  }
  const duckdb_statement_type type = duckdb_prepared_statement_type(prepared.handle);
  if (type != DUCKDB_STATEMENT_TYPE_SELECT && type != DUCKDB_STATEMENT_TYPE_EXPLAIN) {
    return Error{"gm-query-invalid", "only SELECT statements may be run"};
  }
  if (duckdb_nparams(prepared.handle) != statement.parameters.size()) {
    return Error{"gm-query-invalid", fmt::format("the statement takes {} parameters, {} were given",
                                                 duckdb_nparams(prepared.handle), statement.parameters.size())};
  }
  for (size_t i = 0; i < statement.parameters.size(); ++i) {
    if (std::visit(Binder{prepared.handle, i + 1}, statement.parameters[i]) != DuckDBSuccess) {
      return invalid("bind", duckdb_prepare_error(prepared.handle));
    }
  }
  return {};
}

Error query_failure(duckdb_result& result) {
  const char* message = duckdb_result_error(&result);
  switch (duckdb_result_error_type(&result)) {
    case DUCKDB_ERROR_OUT_OF_MEMORY:
      return {"gm-query-too-large", fmt::format("out of memory: {}", message)};
    case DUCKDB_ERROR_IO:
    case DUCKDB_ERROR_FATAL:
    case DUCKDB_ERROR_INTERNAL:
      return store_error("query", message);
    default:
      return invalid("query", message);
  }
}

Result<Table> read_table(Rows& rows, int64_t rows_max) {
  Table table;
  duckdb_result& result = rows.result();
  std::vector<ColumnReader> readers;
  for (idx_t i = 0; i < duckdb_column_count(&result); ++i) {
    table.columns.emplace_back(duckdb_column_name(&result, i));
    auto reader = column_reader(result, i);
    if (!reader) return reader.error();
    readers.push_back(*reader);
  }
  while (const size_t count = rows.next_chunk()) {
    if (table.rows.size() + count > static_cast<size_t>(rows_max)) {
      return Error{"gm-query-too-large", fmt::format("the answer has more than {} rows (query.rows_max)", rows_max)};
    }
    for (size_t row = 0; row < count; ++row) {
      std::vector<Value> values;
      values.reserve(readers.size());
      for (size_t i = 0; i < readers.size(); ++i) {
        values.push_back(rows.is_null(i, row) ? Value{} : readers[i](rows, i, row));
      }
      table.rows.push_back(std::move(values));
    }
  }
  if (duckdb_result_error(&result) != nullptr) return query_failure(result);
  return table;
}

Result<Table> execute(Connection& connection, const store::Statement& statement, int64_t rows_max) {
  auto opened = open_statement(connection, statement);
  if (!opened) return opened.error();
  return read_table((*opened)->rows(), rows_max);
}

}  // namespace

Error cancelled() { return {"gm-query-cancelled", "stopped before it had an answer: somebody cancelled it"}; }

OpenStatement::~OpenStatement() {
  rows_.reset();
  duckdb_destroy_prepare(&prepared_);
}

Result<std::unique_ptr<OpenStatement>> open_statement(Connection& connection, const store::Statement& statement) {
  Prepared prepared;
  if (auto ready = prepare(connection, statement, prepared); !ready) return ready.error();
  duckdb_result result{};
  // Streaming: an answer past rows_max is given up early instead of being held in memory first.
  const duckdb_state state = duckdb_execute_prepared_streaming(prepared.handle, &result);
  auto opened = std::make_unique<OpenStatement>(std::exchange(prepared.handle, nullptr), result);
  if (state != DuckDBSuccess) return query_failure(opened->rows().result());
  return opened;
}

Result<Table> run_statement(Connection& connection, Watchdog& watchdog, const store::Statement& statement,
                            const QueryLimits& limits) {
  const std::stop_token stop = store::StoppedBy::current();
  if (stop.stop_requested()) return cancelled();
  const Watched watched(watchdog, connection, limits.timeout_ms, stop);
  auto table = execute(connection, statement, limits.rows_max);
  if (table || !watched.interrupted()) return table;
  if (stop.stop_requested()) return cancelled();
  return Error{"gm-query-timeout", fmt::format("stopped after {} ms (query.timeout)", limits.timeout_ms)};
}

}  // namespace gm::duckdb
