#include "adapters/sqlite/database.h"

#include <filesystem>

#include "adapters/sqlite/metadata.h"
#include "adapters/sqlite/metadata_schema.h"
#include "adapters/sqlite/rows.h"

namespace gm::sqlite {
namespace {

constexpr int kBusyTimeoutMs = 5000;

// The three characters that mean something in a SQLite URI.
std::string uri_path(const std::string& path) {
  std::string out;
  for (const char c : path) out += c == '%' ? "%25" : c == '?' ? "%3f" : c == '#' ? "%23" : std::string(1, c);
  return out;
}

}  // namespace

Status Database::execute(const char* sql) {
  if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return unavailable(db_, schema_.holds);
  return {};
}

Status Database::prepare() {
  sqlite3_busy_timeout(db_, kBusyTimeoutMs);
  if (auto s = execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"); !s) return s;
  if (auto s = execute(schema_.pragmas); !s) return s;
  return in_one_step([this] { return migrate(); });
}

// IMMEDIATE: of two processes that start together, one creates the schema and the other then finds it.
Status Database::in_one_step(const std::function<Status()>& change) {
  if (auto s = execute("BEGIN IMMEDIATE"); !s) return s;
  if (auto s = change(); !s) {
    (void)execute("ROLLBACK");
    return s;
  }
  return execute("COMMIT");
}

Result<int64_t> Database::known_version() {
  Statement version(db_, "PRAGMA user_version");
  if (auto row = version.step(); !row) return row.error();
  const int64_t found = version.integer(0);
  if (found > static_cast<int64_t>(schema_.migrations.size())) {
    return Error{"gm-metadata-too-new",
                 std::string(schema_.holds) + ": written by a newer gamemetrics; run that version or restore a backup"};
  }
  return found;
}

Status Database::check() {
  if (const auto version = known_version(); !version) return version.error();
  Statement check(db_, "PRAGMA quick_check(1)");
  if (auto row = check.step(); !row) return row.error();
  const std::string found = check.text(0);
  if (found == "ok") return {};
  return Error{"gm-metadata-unavailable", "the metadata file is damaged: " + found + "; restore a backup"};
}

Status Database::migrate() {
  const auto found = known_version();
  if (!found) return found.error();
  for (auto next = static_cast<size_t>(*found); next < schema_.migrations.size(); ++next) {
    if (auto done = execute(schema_.migrations[next]); !done) return done;
  }
  return {};
}

Status check_metadata(const std::string& path) {
  sqlite3* db = nullptr;
  // SQLite reads a file of its WAL mode only with a shared-memory file beside it, which it would make. Nothing is
  // waiting in a WAL that is not there, so then the file may be read as one that never changes.
  std::error_code failure;
  const bool wal = std::filesystem::exists(path + "-wal", failure);
  const std::string uri = "file:" + uri_path(path) + (wal ? "?mode=ro" : "?immutable=1");
  const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
  const bool opened = sqlite3_open_v2(uri.c_str(), &db, flags, nullptr) == SQLITE_OK;
  Database metadata(db, kMetadataSchema);
  if (!opened) return unavailable(db, "cannot open " + path);
  return metadata.check();
}

Status copy_database(const std::string& from, const std::string& to) {
  sqlite3* db = nullptr;
  const bool opened =
      sqlite3_open_v2(from.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) == SQLITE_OK;
  Status copied = unavailable(db, "cannot open " + from);
  if (opened) {
    sqlite3_busy_timeout(db, kBusyTimeoutMs);
    Statement copy(db, "VACUUM INTO ?");
    copied = run(copy.bind(to));
  }
  sqlite3_close(db);
  return copied;
}

}  // namespace gm::sqlite
