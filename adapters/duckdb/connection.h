#pragma once
// Private to this folder: RAII over DuckDB's C interface. The only header that shows duckdb.h.

#include <duckdb.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"

namespace gm::duckdb {

// "gm-store-unavailable" with DuckDB's own words; `what` says what was being done.
Error store_error(std::string_view what, const char* message);
// The same of a failed statement; "gm-store-refused" when trying again cannot help.
Error statement_error(std::string_view what, duckdb_result& result);

class Database {
 public:
  // Errors: gm-store-corrupt, gm-store-locked.
  static Result<Database> open(const std::string& path, const std::map<std::string, std::string>& options);
  Database(Database&& other) noexcept : handle_(other.handle_) { other.handle_ = nullptr; }
  Database& operator=(Database&&) = delete;
  ~Database() { duckdb_close(&handle_); }
  duckdb_database handle() const { return handle_; }

 private:
  explicit Database(duckdb_database handle) : handle_(handle) {}
  duckdb_database handle_ = nullptr;
};

// The rows of a finished query, read chunk by chunk.
class Rows {
 public:
  explicit Rows(duckdb_result result) : result_(result) {}
  Rows(Rows&& other) noexcept : result_(other.result_), chunk_(other.chunk_) {
    other.result_ = {};
    other.chunk_ = nullptr;
  }
  Rows& operator=(Rows&&) = delete;
  ~Rows();

  // Moves to the next chunk; 0 at the end.
  size_t next_chunk();
  // Status of the query after next_chunk() gave 0: a streaming query can fail on the way.
  duckdb_result& result() { return result_; }

  bool is_null(size_t column, size_t row) const;
  template <typename T>
  T get(size_t column, size_t row) const {
    return static_cast<const T*>(duckdb_vector_get_data(vector(column)))[row];
  }
  std::string_view text(size_t column, size_t row) const;
  duckdb_vector vector(size_t column) const { return duckdb_data_chunk_get_vector(chunk_, column); }

 private:
  duckdb_result result_{};
  duckdb_data_chunk chunk_ = nullptr;
};

// One session of the database; used by one thread at a time (interrupt() excepted).
class Connection {
 public:
  static Result<Connection> open(const Database& database);
  Connection(Connection&& other) noexcept : handle_(other.handle_) { other.handle_ = nullptr; }
  Connection& operator=(Connection&&) = delete;
  ~Connection() { duckdb_disconnect(&handle_); }

  Status execute(const std::string& sql);
  Result<Rows> query(const std::string& sql);
  // The rows are read from the store while they are asked for; the connection can do nothing else meanwhile.
  Result<Rows> stream(const std::string& sql);
  duckdb_connection handle() const { return handle_; }

 private:
  explicit Connection(duckdb_connection handle) : handle_(handle) {}
  duckdb_connection handle_ = nullptr;
};

// BEGIN ... COMMIT; rolls back unless commit() was called and succeeded.
class Transaction {
 public:
  static Result<Transaction> begin(Connection& connection);
  Transaction(Transaction&& other) noexcept : connection_(other.connection_) { other.connection_ = nullptr; }
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Status commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

}  // namespace gm::duckdb
