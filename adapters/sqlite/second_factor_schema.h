#pragma once
// The tables of second factors: the migration of the metadata's file to version 8. Never changed once released.

namespace gm::sqlite {

inline constexpr const char* kSecondFactorSchema = R"sql(
ALTER TABLE organisations ADD COLUMN require_second_factor INTEGER NOT NULL DEFAULT 0;
CREATE TABLE second_factors (
  user INTEGER PRIMARY KEY REFERENCES users(id),
  sealed BLOB NOT NULL,
  begun_ms INTEGER NOT NULL,
  confirmed_ms INTEGER,
  step INTEGER NOT NULL
) STRICT;
CREATE TABLE recovery_codes (
  user INTEGER NOT NULL REFERENCES users(id),
  hash BLOB NOT NULL,
  PRIMARY KEY (user, hash)
) STRICT, WITHOUT ROWID;
CREATE TABLE login_challenges (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user INTEGER NOT NULL REFERENCES users(id),
  invitation INTEGER NOT NULL,
  hash BLOB NOT NULL UNIQUE,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX login_challenges_by_user ON login_challenges(user);
PRAGMA user_version = 8;
)sql";

}  // namespace gm::sqlite
