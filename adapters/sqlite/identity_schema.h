#pragma once
// The tables of organisations and people: the migration of the metadata's file to version 7. Never changed once
// released. Projects that were there belong to organisation 1; a game of 0 is the project's own id.

namespace gm::sqlite {

inline constexpr const char* kIdentitySchema = R"sql(
CREATE TABLE organisations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;
INSERT INTO organisations SELECT 1, 'Default', coalesce(min(created_ms), 0) FROM projects;
ALTER TABLE projects ADD COLUMN organisation INTEGER NOT NULL DEFAULT 1;
ALTER TABLE projects ADD COLUMN game INTEGER NOT NULL DEFAULT 0;
ALTER TABLE projects ADD COLUMN environment TEXT NOT NULL DEFAULT 'production';
CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  password TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  disabled_ms INTEGER
) STRICT;
CREATE TABLE members (
  organisation INTEGER NOT NULL REFERENCES organisations(id),
  user INTEGER NOT NULL REFERENCES users(id),
  role INTEGER NOT NULL,
  since_ms INTEGER NOT NULL,
  PRIMARY KEY (organisation, user)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_user ON members(user);
CREATE TABLE invitations (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  organisation INTEGER NOT NULL REFERENCES organisations(id),
  email TEXT NOT NULL,
  role INTEGER NOT NULL,
  hash BLOB NOT NULL UNIQUE,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  ended_ms INTEGER
) STRICT;
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user INTEGER NOT NULL REFERENCES users(id),
  hash BLOB NOT NULL UNIQUE,
  created_ms INTEGER NOT NULL,
  seen_ms INTEGER NOT NULL,
  peer TEXT NOT NULL,
  agent TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions(user);
CREATE TABLE tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user INTEGER NOT NULL,
  organisation INTEGER NOT NULL,
  role INTEGER NOT NULL,
  name TEXT NOT NULL,
  hash BLOB NOT NULL UNIQUE,
  prefix TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER,
  used_ms INTEGER,
  revoked_ms INTEGER
) STRICT;
CREATE TABLE login_failures (
  subject BLOB PRIMARY KEY,
  failures INTEGER NOT NULL,
  locked_until_ms INTEGER NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  organisation INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  actor TEXT NOT NULL,
  origin TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_organisation ON audit(organisation, id);
PRAGMA user_version = 7;
)sql";

}  // namespace gm::sqlite
