#pragma once
// The table of people whom another server knows: the migration of the metadata's file to version 10. Never changed once
// released.

namespace gm::sqlite {

inline constexpr const char* kFederatedSchema = R"sql(
CREATE TABLE federated_identities (
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  user INTEGER NOT NULL REFERENCES users(id),
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX federated_identities_by_user ON federated_identities(user);
PRAGMA user_version = 10;
)sql";

}  // namespace gm::sqlite
