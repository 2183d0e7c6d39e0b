// Any statement, raw or put together of words that matter, through DuckDB's parser and the list of what may be said.
// What is allowed is run where another game's table lies open: nothing that is allowed may show its word.

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "adapters/duckdb/sql_check.h"
#include "adapters/duckdb/sql_sandbox.h"
#include "adapters/duckdb/watchdog.h"

namespace {

using namespace gm::duckdb;

constexpr int64_t kTimeoutMs = 500;
constexpr std::string_view kSecret = "zeppelin";
const std::vector<std::string_view> kTables = {"events", "players"};

constexpr auto kWords = std::to_array<std::string_view>({"SELECT",
                                                         "FROM",
                                                         "WHERE",
                                                         "GROUP BY",
                                                         "ORDER BY",
                                                         "WITH",
                                                         "AS",
                                                         "UNION",
                                                         "ALL",
                                                         "EXCEPT",
                                                         "JOIN",
                                                         "LEFT JOIN",
                                                         "USING",
                                                         "ON",
                                                         "LATERAL",
                                                         "CASE",
                                                         "WHEN",
                                                         "THEN",
                                                         "END",
                                                         "LIMIT",
                                                         "OFFSET",
                                                         "HAVING",
                                                         "QUALIFY",
                                                         "OVER",
                                                         "VALUES",
                                                         "TABLE",
                                                         "DISTINCT",
                                                         "EXISTS",
                                                         "IN",
                                                         "NOT",
                                                         "AND",
                                                         "IS",
                                                         "NULL",
                                                         "BETWEEN",
                                                         "FILTER",
                                                         "ANY",
                                                         "RECURSIVE",
                                                         "PIVOT",
                                                         "UNPIVOT",
                                                         "DESCRIBE",
                                                         "SHOW",
                                                         "SUMMARIZE",
                                                         "events",
                                                         "players",
                                                         "other",
                                                         "s",
                                                         "main",
                                                         "memory",
                                                         "temp",
                                                         "event",
                                                         "n",
                                                         "word",
                                                         "a",
                                                         "b",
                                                         "\"other\"",
                                                         "s.other",
                                                         "main.other",
                                                         "memory.main.other",
                                                         "\"main\".\"other\"",
                                                         "query",
                                                         "query_table",
                                                         "duckdb_tables",
                                                         "'other'",
                                                         "'SELECT * FROM other'",
                                                         "range",
                                                         "count",
                                                         "max",
                                                         "string_agg",
                                                         "json_extract",
                                                         "getvariable",
                                                         "current_setting",
                                                         "read_text",
                                                         "COLUMNS",
                                                         "EXCLUDE",
                                                         "REPLACE",
                                                         "(",
                                                         ")",
                                                         ",",
                                                         "*",
                                                         ".",
                                                         ";",
                                                         "=",
                                                         "<",
                                                         "+",
                                                         "-",
                                                         "||",
                                                         "->>",
                                                         "::",
                                                         "VARCHAR",
                                                         "INT",
                                                         "1",
                                                         "0",
                                                         "'x'",
                                                         "$1",
                                                         "?",
                                                         "/*",
                                                         "*/",
                                                         "--",
                                                         "\n",
                                                         "[",
                                                         "]",
                                                         "{"});

std::string statement_of(const uint8_t* data, size_t size) {
  if (size == 0 || data[0] % 2 == 1) return {reinterpret_cast<const char*>(data) + (size > 0), size - (size > 0)};
  std::string text;
  for (size_t i = 1; i < size && text.size() < 4096; ++i) {
    text += kWords[data[i] % kWords.size()];
    text += ' ';
  }
  return text;
}

// A database in which the second wall is missing.
class Open {
 public:
  Open()
      : database_(open_sandbox({kTimeoutMs, 64 << 20, 16 << 10}).value()),
        connection_(Connection::open(database_).value()) {
    const bool made = connection_.execute("CREATE SCHEMA s").ok() &&
                      connection_.execute("CREATE TABLE events AS SELECT 'x' AS event, 1 AS n FROM range(3)").ok() &&
                      connection_.execute("CREATE VIEW players AS SELECT 'y' AS event, 2 AS n").ok() &&
                      connection_.execute(fmt::format("CREATE TABLE other AS SELECT '{}' AS word", kSecret)).ok() &&
                      connection_.execute(fmt::format("CREATE TABLE s.other AS SELECT '{}' AS word", kSecret)).ok();
    // What lies open is seen: otherwise nothing could ever be found.
    if (!made || answer("SELECT word FROM other").find(kSecret) == std::string::npos) std::abort();
  }

  // What the parser makes of it; empty when it makes nothing.
  std::string tree(const std::string& text) {
    duckdb_prepared_statement prepared = nullptr;
    std::string parsed;
    if (duckdb_prepare(connection_.handle(), "SELECT CAST(json_serialize_sql(CAST(? AS VARCHAR)) AS VARCHAR)",
                       &prepared) == DuckDBSuccess) {
      duckdb_bind_varchar_length(prepared, 1, text.data(), text.size());
      duckdb_result result{};
      const bool done = duckdb_execute_prepared(prepared, &result) == DuckDBSuccess;
      Rows rows(result);
      if (done && rows.next_chunk() > 0) parsed = rows.text(0, 0);
    }
    duckdb_destroy_prepare(&prepared);
    return parsed;
  }

  // Texts of the answer, one after the other.
  std::string answer(const std::string& text) {
    const Watched watched(watchdog_, connection_, kTimeoutMs, {});
    auto rows = connection_.query(fmt::format("SELECT CAST(t AS VARCHAR) FROM ({}\n) t LIMIT 100", text));
    std::string shown;
    if (!rows) {
      shown = rows.error().message;
    } else {
      while (const size_t count = rows->next_chunk()) {
        for (size_t row = 0; row < count; ++row) {
          if (!rows->is_null(0, row)) shown += rows->text(0, row);
        }
      }
    }
    return shown;
  }

 private:
  Database database_;
  Connection connection_;
  Watchdog watchdog_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static Open open;
  const std::string text = statement_of(data, size);
  if (text.find('\0') != std::string::npos || text.find(kSecret) != std::string::npos) return 0;
  const std::string tree = open.tree(text);
  const auto checked = check_sql(text, tree, kTables);
  // Trees that the parser would never make end as well.
  if (size > 1) (void)check_sql(text, text, kTables);
  if (!checked) return 0;
  if (open.answer(text).find(kSecret) == std::string::npos) return 0;
  std::fprintf(stderr, "allowed, and shows another game: %s\n", text.c_str());
  std::abort();
}
