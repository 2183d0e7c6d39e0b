#include "adapters/duckdb/connection.h"

#include <fmt/format.h>

namespace gm::duckdb {
namespace {

Error open_error(const std::string& path, const char* message) {
  const std::string_view text = message != nullptr ? message : "no message";
  if (text.find("lock on file") != std::string_view::npos) {
    return {"gm-store-locked", fmt::format("{} is in use by another process; stop that one first. {}", path, text)};
  }
  return {"gm-store-corrupt",
          fmt::format("the analytics store {0} cannot be opened: {1}. Make it again from archive and log, with the "
                      "server stopped: gamemetrics rebuild. The damaged file is kept until that has succeeded.",
                      path, text)};
}

}  // namespace

Error store_error(std::string_view what, const char* message) {
  return {"gm-store-unavailable", fmt::format("{}: {}", what, message != nullptr ? message : "no message")};
}

Error statement_error(std::string_view what, duckdb_result& result) {
  Error error = store_error(what, duckdb_result_error(&result));
  switch (duckdb_result_error_type(&result)) {
    case DUCKDB_ERROR_OUT_OF_MEMORY:
    case DUCKDB_ERROR_IO:
    case DUCKDB_ERROR_INTERRUPT:
    case DUCKDB_ERROR_TRANSACTION:
    case DUCKDB_ERROR_CONNECTION:
    case DUCKDB_ERROR_NETWORK:
    case DUCKDB_ERROR_INVALID:  // no type is given
      return error;
    default:
      // A value that does not fit, a missing table, an inconsistency; after DuckDB's "fatal" the database answers
      // nothing until it is opened again.
      error.code = "gm-store-refused";
      return error;
  }
}

Result<Database> Database::open(const std::string& path, const std::map<std::string, std::string>& options) {
  duckdb_config config = nullptr;
  if (duckdb_create_config(&config) != DuckDBSuccess) return store_error("configuration", nullptr);
  for (const auto& [name, value] : options) {
    if (duckdb_set_config(config, name.c_str(), value.c_str()) != DuckDBSuccess) {
      duckdb_destroy_config(&config);
      return Error{"gm-store-unavailable", fmt::format("DuckDB refuses the option {}={}", name, value)};
    }
  }
  duckdb_database handle = nullptr;
  char* message = nullptr;
  const duckdb_state state = duckdb_open_ext(path.c_str(), &handle, config, &message);
  duckdb_destroy_config(&config);
  if (state == DuckDBSuccess) return Database(handle);
  Error error = open_error(path, message);
  duckdb_free(message);
  return error;
}

Rows::~Rows() {
  if (chunk_ != nullptr) duckdb_destroy_data_chunk(&chunk_);
  duckdb_destroy_result(&result_);
}

size_t Rows::next_chunk() {
  if (chunk_ != nullptr) duckdb_destroy_data_chunk(&chunk_);
  chunk_ = duckdb_fetch_chunk(result_);
  return chunk_ == nullptr ? 0 : duckdb_data_chunk_get_size(chunk_);
}

bool Rows::is_null(size_t column, size_t row) const {
  uint64_t* validity = duckdb_vector_get_validity(vector(column));
  return validity != nullptr && !duckdb_validity_row_is_valid(validity, row);
}

std::string_view Rows::text(size_t column, size_t row) const {
  auto* value = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector(column))) + row;
  return {duckdb_string_t_data(value), duckdb_string_t_length(*value)};
}

Result<Connection> Connection::open(const Database& database) {
  duckdb_connection handle = nullptr;
  if (duckdb_connect(database.handle(), &handle) != DuckDBSuccess) return store_error("connect", nullptr);
  return Connection(handle);
}

Status Connection::execute(const std::string& sql) {
  auto rows = query(sql);
  if (!rows) return rows.error();
  return {};
}

Result<Rows> Connection::query(const std::string& sql) {
  duckdb_result result{};
  if (duckdb_query(handle_, sql.c_str(), &result) == DuckDBSuccess) return Rows(result);
  Error error = statement_error(sql.substr(0, 60), result);
  duckdb_destroy_result(&result);
  return error;
}

Result<Rows> Connection::stream(const std::string& sql) {
  duckdb_prepared_statement statement = nullptr;
  duckdb_result result{};
  const bool ok = duckdb_prepare(handle_, sql.c_str(), &statement) == DuckDBSuccess &&
                  duckdb_execute_prepared_streaming(statement, &result) == DuckDBSuccess;
  duckdb_destroy_prepare(&statement);
  Rows rows(result);
  if (!ok) return store_error(sql.substr(0, 60), duckdb_result_error(&rows.result()));
  return rows;
}

Result<Transaction> Transaction::begin(Connection& connection) {
  if (auto begun = connection.execute("BEGIN TRANSACTION"); !begun) return begun.error();
  return Transaction(connection);
}

Transaction::~Transaction() {
  // A failed statement may have ended the transaction already; then there is nothing left to roll back.
  if (connection_ != nullptr) (void)connection_->execute("ROLLBACK");
}

Status Transaction::commit() {
  if (auto committed = connection_->execute("COMMIT"); !committed) return committed;
  connection_ = nullptr;
  return {};
}

}  // namespace gm::duckdb
