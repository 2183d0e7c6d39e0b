#include "adapters/duckdb/sql_sandbox.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "adapters/duckdb/column_reader.h"
#include "adapters/duckdb/sql_check.h"
#include "adapters/duckdb/statement_runner.h"
#include "adapters/duckdb/table_scan.h"
#include "lib/base/clock.h"
#include "lib/base/utf8.h"
#include "lib/store/stopped_by.h"

namespace gm::duckdb {
namespace {

using Json = nlohmann::json;
using store::ColumnKind;

constexpr int64_t kNsPerMs = 1'000'000;
// Beyond the tables that the statement names: what it says once may be read twice.
constexpr size_t kSpareSnapshots = 2;

// Until when a statement may run: its time is over, or nobody wants its answer.
class Deadline {
 public:
  explicit Deadline(const store::SqlLimits& limits) : limits_(limits), end_ns_(now() + limits.timeout_ms * kNsPerMs) {}
  int64_t left_ms() const { return std::max<int64_t>(0, (end_ns_ - now()) / kNsPerMs); }
  const std::stop_token& stop() const { return stop_; }
  bool over() const { return stop_.stop_requested() || now() >= end_ns_; }
  Error error() const {
    if (stop_.stop_requested()) return cancelled();
    return {"gm-sql-timeout", fmt::format("stopped after {} ms ({}); read fewer days or fewer columns",
                                          limits_.timeout_ms, limits_.timeout_setting)};
  }

 private:
  static int64_t now() { return SystemClock().monotonic_ns(); }
  const store::SqlLimits limits_;
  const int64_t end_ns_;
  const std::stop_token stop_ = store::StoppedBy::current();
};

// One table being read from the store, on a connection of the question's snapshots.
class SnapshotRows final : public ScanRows {
 public:
  SnapshotRows(Snapshots& snapshots, std::unique_ptr<Connection> connection, Watchdog& watchdog,
               const Deadline& deadline)
      : snapshots_(snapshots),
        connection_(std::move(connection)),
        watched_(std::in_place, watchdog, *connection_, deadline.left_ms(), deadline.stop()) {}
  ~SnapshotRows() override {
    statement_.reset();
    watched_.reset();
    snapshots_.give_back(std::move(connection_));
  }
  Status begin(const store::Statement& statement) {
    auto opened = open_statement(*connection_, statement);
    if (!opened) return opened.error();
    statement_ = std::move(*opened);
    return {};
  }
  Rows& rows() override { return statement_->rows(); }

 private:
  Snapshots& snapshots_;
  std::unique_ptr<Connection> connection_;
  std::optional<Watched> watched_;
  std::unique_ptr<OpenStatement> statement_;
};

std::vector<std::string_view> names_of(const std::vector<store::SqlTable>& tables) {
  std::vector<std::string_view> names;
  for (const store::SqlTable& table : tables) names.push_back(table.name);
  return names;
}

std::optional<ColumnKind> kind_of(duckdb_type type) {
  switch (type) {
    case DUCKDB_TYPE_VARCHAR:
    case DUCKDB_TYPE_UUID:
      return ColumnKind::text;
    case DUCKDB_TYPE_BOOLEAN:
      return ColumnKind::flag;
    case DUCKDB_TYPE_DATE:
      return ColumnKind::date;
    case DUCKDB_TYPE_TIMESTAMP:
    case DUCKDB_TYPE_TIMESTAMP_S:
    case DUCKDB_TYPE_TIMESTAMP_MS:
    case DUCKDB_TYPE_TIMESTAMP_NS:
    case DUCKDB_TYPE_TIMESTAMP_TZ:
      return ColumnKind::moment;
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
    case DUCKDB_TYPE_DECIMAL:
      return ColumnKind::number;
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_SQLNULL:
      return ColumnKind::integer;
    default:
      return std::nullopt;
  }
}

// DuckDB's error as JSON, in our words.
Error told(std::string_view text, const std::string& message) {
  // Behind what was being done: "prepare: {...}".
  const Json json = Json::parse(message.substr(std::min(message.find('{'), message.size())), nullptr, false);
  if (!json.is_object()) return {"gm-sql-failed", message};
  const std::string type = json.value("exception_type", "");
  const std::string why = json.value("exception_message", message);
  if (type == "Out of Memory") {
    return {"gm-sql-out-of-memory",
            "the statement needs more memory than sql.memory_max; group or sort fewer rows, or read fewer columns"};
  }
  const std::string position = json.value("position", "");
  uint64_t offset = UINT64_MAX;
  if (!position.empty()) offset = std::strtoull(position.c_str(), nullptr, 10);
  return {"gm-sql-failed", place_in(text, offset) + why};
}

class Sandbox final : public store::RowSource {
 public:
  Sandbox(const store::SqlQuestion& question, Database database, std::unique_ptr<Connection> connection,
          Watchdog& watchdog)
      : text_(question.text),
        deadline_(question.limits),
        watchdog_(watchdog),
        database_(std::move(database)),
        connection_(std::move(connection)),
        watched_(std::in_place, watchdog, *connection_, question.limits.timeout_ms, deadline_.stop()) {
    source_.tables = question.tables;
    source_.open = [this](const store::Statement& statement) { return open_rows(statement); };
  }

  Result<CheckedSql> check() {
    auto tree =
        open_statement(*connection_, {"SELECT CAST(json_serialize_sql(CAST(? AS VARCHAR)) AS VARCHAR)", {text_}});
    if (!tree) return Error{"gm-sql-malformed", "the statement cannot be parsed"};
    Rows& rows = (*tree)->rows();
    if (rows.next_chunk() == 0) return Error{"gm-sql-malformed", "the statement cannot be parsed"};
    const std::string parsed(rows.text(0, 0));
    // Until its end has been read the query is open, and what is made on the connection next would go with it.
    while (rows.next_chunk() != 0) {
    }
    return check_sql(text_, parsed, names_of(source_.tables));
  }

  Status begin(size_t tables, const OpenSnapshots& open_snapshots) {
    auto snapshots = open_snapshots(tables + kSpareSnapshots);
    if (!snapshots) return snapshots.error();
    snapshots_ = std::move(*snapshots);
    if (auto made = make_tables(*connection_, source_); !made) return made;
    if (auto closed = close_doors(*connection_); !closed) return closed;
    auto opened = open_statement(*connection_, {text_, {}});
    if (!opened) return failure(opened.error().message);
    statement_ = std::move(*opened);
    return read_columns();
  }

  // Whatever an interruption breaks: what is told is why it came.
  Error cause(const Error& error) const { return deadline_.over() ? deadline_.error() : error; }

  const std::vector<store::RowColumn>& columns() const override { return columns_; }

  Result<store::RowBlock> next() override {
    if (deadline_.over()) return deadline_.error();
    Rows& rows = statement_->rows();
    const size_t count = rows.next_chunk();
    if (count == 0) {
      if (const char* message = duckdb_result_error(&rows.result()); message != nullptr) return failure(message);
    }
    store::RowBlock block(count);
    for (size_t row = 0; row < count; ++row) {
      for (size_t i = 0; i < readers_.size(); ++i) {
        block[row].push_back(rows.is_null(i, row) ? store::Value{} : readers_[i](rows, i, row));
      }
    }
    return block;
  }

 private:
  Result<std::unique_ptr<ScanRows>> open_rows(const store::Statement& statement) {
    auto connection = snapshots_->take();
    if (!connection) return Error{"gm-sql-refused", "the statement reads too many tables at the same time"};
    auto rows = std::make_unique<SnapshotRows>(*snapshots_, std::move(connection), watchdog_, deadline_);
    if (auto begun = rows->begin(statement); !begun) return begun.error();
    return std::unique_ptr<ScanRows>(std::move(rows));
  }

  Status read_columns() {
    duckdb_result& result = statement_->rows().result();
    for (idx_t i = 0; i < duckdb_column_count(&result); ++i) {
      const std::string name = duckdb_column_name(&result, i);
      const auto kind = kind_of(duckdb_column_type(&result, i));
      if (!kind) {
        return Error{"gm-sql-refused",
                     fmt::format("the column '{}' is a list, an interval or the like, which an answer "
                                 "cannot hold: CAST({} AS VARCHAR)",
                                 name, name)};
      }
      auto reader = column_reader(result, i);
      if (!reader) return reader.error();
      columns_.push_back({name, *kind});
      readers_.push_back(std::move(*reader));
    }
    return {};
  }

  // A scan's own trouble comes back from DuckDB as text only.
  Error failure(const std::string& message) const {
    if (deadline_.over()) return deadline_.error();
    if (source_.failure) return *source_.failure;
    return told(text_, message);
  }

  const std::string text_;
  const Deadline deadline_;
  Watchdog& watchdog_;
  ScanSource source_;
  // In the order of what depends on what: the statement goes first, its scans give their connections back.
  std::unique_ptr<Snapshots> snapshots_;
  Database database_;
  std::unique_ptr<Connection> connection_;
  std::optional<Watched> watched_;
  std::unique_ptr<OpenStatement> statement_;
  std::vector<store::RowColumn> columns_;
  std::vector<ColumnReader> readers_;
};

Status check_text(const store::SqlQuestion& question) {
  if (question.text.size() > static_cast<size_t>(question.limits.text_bytes_max)) {
    return Error{"gm-sql-refused", fmt::format("the statement is longer than {} bytes (sql.text_bytes_max)",
                                               question.limits.text_bytes_max)};
  }
  if (question.text.find('\0') != std::string::npos || !is_valid_utf8(question.text)) {
    return Error{"gm-sql-malformed", "the statement is no UTF-8 text"};
  }
  return {};
}

}  // namespace

Result<Database> open_sandbox(const store::SqlLimits& limits) {
  return Database::open(":memory:", {{"threads", "1"},
                                     {"memory_limit", fmt::format("{}B", limits.memory_bytes_max)},
                                     {"autoinstall_known_extensions", "false"},
                                     {"autoload_known_extensions", "false"}});
}

// In this order: what locks the door is last.
Status close_doors(Connection& connection) {
  for (const char* setting : {"SET temp_directory = ''", "SET errors_as_json = true", "SET max_expression_depth = 250",
                              "SET enable_external_access = false", "SET lock_configuration = true"}) {
    if (auto set = connection.execute(setting); !set) return set;
  }
  return {};
}

Result<std::unique_ptr<store::RowSource>> ask_in_sandbox(const store::SqlQuestion& question,
                                                         const OpenSnapshots& open_snapshots, Watchdog& watchdog) {
  if (auto fits = check_text(question); !fits) return fits.error();
  auto database = open_sandbox(question.limits);
  if (!database) return database.error();
  auto connection = Connection::open(*database);
  if (!connection) return connection.error();
  auto sandbox = std::make_unique<Sandbox>(question, std::move(*database),
                                           std::make_unique<Connection>(std::move(*connection)), watchdog);
  const auto checked = sandbox->check();
  if (!checked) return sandbox->cause(checked.error());
  if (auto begun = sandbox->begin(checked->table_references, open_snapshots); !begun)
    return sandbox->cause(begun.error());
  return std::unique_ptr<store::RowSource>(std::move(sandbox));
}

}  // namespace gm::duckdb
