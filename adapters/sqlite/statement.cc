#include "adapters/sqlite/statement.h"

namespace gm::sqlite {

Error unavailable(sqlite3* db, std::string_view doing) {
  return {"gm-metadata-unavailable", std::string(doing) + ": " + (db ? sqlite3_errmsg(db) : "out of memory")};
}

Statement::Statement(sqlite3* db, const char* sql) : db_(db) { sqlite3_prepare_v2(db, sql, -1, &statement_, nullptr); }

Statement& Statement::bind(int64_t value) {
  sqlite3_bind_int64(statement_, ++bound_, value);
  return *this;
}

Statement& Statement::bind(std::optional<int64_t> value) {
  if (value) return bind(*value);
  sqlite3_bind_null(statement_, ++bound_);
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  sqlite3_bind_text(statement_, ++bound_, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::bind_blob(std::string_view bytes) {
  sqlite3_bind_blob(statement_, ++bound_, bytes.data(), static_cast<int>(bytes.size()), SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::bind_real(std::optional<double> value) {
  ++bound_;
  if (value) {
    sqlite3_bind_double(statement_, bound_, *value);
  } else {
    sqlite3_bind_null(statement_, bound_);
  }
  return *this;
}

Result<bool> Statement::step() {
  if (!statement_) return unavailable(db_, "metadata");
  switch (sqlite3_step(statement_)) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      return false;
    default:
      return unavailable(db_, "metadata");
  }
}

std::string Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return bytes ? std::string(bytes, static_cast<size_t>(sqlite3_column_bytes(statement_, column))) : std::string();
}

}  // namespace gm::sqlite
