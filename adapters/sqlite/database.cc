#include "adapters/sqlite/database.h"

#include <filesystem>
#include <iterator>

#include "adapters/sqlite/identity_schema.h"
#include "adapters/sqlite/metadata.h"
#include "adapters/sqlite/statement.h"

namespace gm::sqlite {
namespace {

constexpr int64_t kSchemaVersion = 7;
constexpr int kBusyTimeoutMs = 5000;

constexpr const char* kSchema = R"sql(
CREATE TABLE projects (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  currency TEXT NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE keys (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project INTEGER NOT NULL REFERENCES projects(id),
  kind INTEGER NOT NULL,
  hash BLOB NOT NULL UNIQUE,
  prefix TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  revoked_ms INTEGER
) STRICT;
PRAGMA user_version = 1;
)sql";

// Each takes a file from one version to the next; never changed once released.
constexpr const char* kMigrations[] = {
    kSchema,
    "ALTER TABLE keys ADD COLUMN secret TEXT NOT NULL DEFAULT ''; PRAGMA user_version = 2;",
    // Separated by blanks, which no origin has.
    "ALTER TABLE keys ADD COLUMN origins TEXT NOT NULL DEFAULT ''; PRAGMA user_version = 3;",
    "CREATE TABLE new_store(waits INTEGER NOT NULL) STRICT; INSERT INTO new_store VALUES (0); PRAGMA user_version = 4;",
    "CREATE TABLE rates(base TEXT NOT NULL, currency TEXT NOT NULL, day INTEGER NOT NULL, billionths INTEGER NOT NULL, "
    "PRIMARY KEY(base, currency, day)) STRICT, WITHOUT ROWID; CREATE TABLE rates_revision(revision INTEGER NOT NULL) "
    "STRICT; INSERT INTO rates_revision VALUES (0); PRAGMA user_version = 5;",
    "CREATE TABLE declared_properties(project INTEGER NOT NULL, event TEXT NOT NULL, property TEXT NOT NULL, types "
    "INTEGER NOT NULL, origin INTEGER NOT NULL, declared_ms INTEGER NOT NULL, PRIMARY KEY(project, event, property)) "
    "STRICT, WITHOUT ROWID; PRAGMA user_version = 6;",
    kIdentitySchema,
};
static_assert(std::size(kMigrations) == kSchemaVersion);

// The three characters that mean something in a SQLite URI.
std::string uri_path(const std::string& path) {
  std::string out;
  for (const char c : path) out += c == '%' ? "%25" : c == '?' ? "%3f" : c == '#' ? "%23" : std::string(1, c);
  return out;
}

}  // namespace

Status Database::execute(const char* sql) {
  if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return unavailable(db_, "metadata");
  return {};
}

Status Database::prepare() {
  sqlite3_busy_timeout(db_, kBusyTimeoutMs);
  if (auto s = execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"); !s) return s;
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
  if (found > kSchemaVersion) {
    return Error{"gm-metadata-too-new",
                 "the metadata was written by a newer gamemetrics; run that version or restore a backup"};
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
  for (auto next = static_cast<size_t>(*found); next < std::size(kMigrations); ++next) {
    if (auto done = execute(kMigrations[next]); !done) return done;
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
  Database metadata(db);
  if (!opened) return unavailable(db, "cannot open " + path);
  return metadata.check();
}

}  // namespace gm::sqlite
