#include "adapters/sqlite/metadata_schema.h"

#include "adapters/sqlite/federated_schema.h"
#include "adapters/sqlite/identity_schema.h"
#include "adapters/sqlite/password_reset_schema.h"
#include "adapters/sqlite/second_factor_schema.h"

namespace gm::sqlite {
namespace {

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
    kSecondFactorSchema,
    kPasswordResetSchema,
    kFederatedSchema,
};

}  // namespace

constinit const Schema kMetadataSchema = {kMigrations, "metadata", ""};

}  // namespace gm::sqlite
