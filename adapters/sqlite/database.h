#pragma once
// The metadata's file, open: schema, migrations, steps. Private to adapters/sqlite; each port that is kept in the file
// is a class that is a Database.

#include <sqlite3.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "adapters/sqlite/statement.h"
#include "lib/base/result.h"

namespace gm::sqlite {

class Database {
 public:
  explicit Database(sqlite3* db) : db_(db) {}  // closes it
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
};

// Opens the file, making it or bringing it up to date. Errors: as open_metadata() has them.
template <typename Port>
Result<std::unique_ptr<Port>> open_database(const std::string& path) {
  sqlite3* db = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const bool opened = sqlite3_open_v2(path.c_str(), &db, flags, nullptr) == SQLITE_OK;
  auto port = std::make_unique<Port>(db);  // closes the handle on every path
  if (!opened) return unavailable(db, "cannot open " + path);
  if (auto prepared = port->prepare(); !prepared) return prepared.error();
  return port;
}

}  // namespace gm::sqlite
