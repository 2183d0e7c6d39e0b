#pragma once
// A SQLite file, open: schema, migrations, steps. Private to adapters/sqlite; each port that is kept in a file is a
// class that is a Database.

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>

#include "adapters/sqlite/statement.h"
#include "lib/base/result.h"

namespace gm::sqlite {

// What a file holds. Each migration takes it from one version to the next; none is changed once released.
struct Schema {
  std::span<const char* const> migrations;
  const char* holds;    // as messages name it
  const char* pragmas;  // besides those of all files
};

class Database {
 public:
  Database(sqlite3* db, const Schema& schema) : db_(db), schema_(schema) {}  // closes `db`; `schema` outlives it
  ~Database() { sqlite3_close(db_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Status prepare();
  Status check();

 protected:
  Status execute(const char* sql);
  // All that `change` does, or nothing. Precondition: mutex_ is held.
  Status in_one_step(const std::function<Status()>& change);

  std::mutex mutex_;
  sqlite3* db_;

 private:
  Status migrate();
  Result<int64_t> known_version();  // error gm-metadata-too-new

  const Schema& schema_;
};

// Opens the file, making it or bringing it up to date. A Port is made of the handle and `more`. Errors: as
// open_metadata() has them.
template <typename Port, typename... More>
Result<std::unique_ptr<Port>> open_database(const std::string& path, More&... more) {
  sqlite3* db = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const bool opened = sqlite3_open_v2(path.c_str(), &db, flags, nullptr) == SQLITE_OK;
  auto port = std::make_unique<Port>(db, more...);  // closes the handle on every path
  if (!opened) return unavailable(db, "cannot open " + path);
  if (auto prepared = port->prepare(); !prepared) return prepared.error();
  return port;
}

}  // namespace gm::sqlite
