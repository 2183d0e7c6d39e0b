#pragma once
// The table of password resets: the migration of the metadata's file to version 9. Never changed once released.

namespace gm::sqlite {

inline constexpr const char* kPasswordResetSchema = R"sql(
CREATE TABLE password_resets (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user INTEGER NOT NULL REFERENCES users(id),
  hash BLOB NOT NULL UNIQUE,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX password_resets_by_user ON password_resets(user);
PRAGMA user_version = 9;
)sql";

}  // namespace gm::sqlite
