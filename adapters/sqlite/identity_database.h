#pragma once
// identity::IdentityStore in the metadata's file; private to adapters/sqlite. Split by what it keeps:
// identity_organisations.cc, identity_members.cc, identity_accounts.cc, identity_tokens.cc, identity_audit.cc.

#include <functional>
#include <string>
#include <vector>

#include "adapters/sqlite/metadata_schema.h"
#include "adapters/sqlite/rows.h"
#include "lib/identity/identity_store.h"

namespace gm::sqlite {

class IdentityDatabase final : private Database, public identity::IdentityStore {
 public:
  explicit IdentityDatabase(sqlite3* db) : Database(db, kMetadataSchema) {}
  using Database::prepare;

  Result<std::vector<identity::Organisation>> organisations() override;
  Result<identity::Organisation> create_organisation(std::string_view name, identity::AuditEntry entry) override;
  Status rename_organisation(int64_t id, std::string_view name, identity::AuditEntry entry) override;
  Result<std::vector<identity::OwnedProject>> owned_projects() override;
  Result<identity::OwnedProject> create_owned_project(identity::OwnedProject wanted,
                                                      identity::AuditEntry entry) override;
  Status rename_project(ProjectId project, std::string_view name, identity::AuditEntry entry) override;
  Result<store::Key> add_key(ProjectId project, security::KeyKind kind, const security::NewKey& key,
                             const std::vector<std::string>& origins, identity::AuditEntry entry) override;
  Status change_key_origins(int64_t id, const std::vector<std::string>& origins, identity::AuditEntry entry) override;
  Result<store::Key> rotate_key(const store::Key& old, int64_t end_ms, const security::NewKey& key,
                                identity::AuditEntry entry) override;
  Status end_key(int64_t id, identity::AuditEntry entry) override;

  Result<std::vector<identity::Member>> members(int64_t organisation) override;
  Result<std::vector<identity::Membership>> memberships(int64_t user) override;
  Status set_role(int64_t organisation, int64_t user, identity::Role role, identity::AuditEntry entry) override;
  Status remove_member(int64_t organisation, int64_t user, identity::AuditEntry entry) override;
  Result<std::vector<identity::Invitation>> invitations(int64_t organisation) override;
  Result<std::optional<identity::Invitation>> invitation_of(std::string_view hash) override;
  Result<identity::Invitation> create_invitation(identity::Invitation wanted, identity::AuditEntry entry) override;
  Status take_invitation(const identity::Invitation& invitation, int64_t user, identity::AuditEntry entry) override;
  Status end_invitation(int64_t organisation, int64_t id, identity::AuditEntry entry) override;

  Result<std::vector<identity::User>> users() override;
  Result<std::optional<identity::User>> user(int64_t id) override;
  Result<std::optional<identity::User>> user_of(std::string_view email) override;
  Result<identity::User> create_user(identity::User wanted, identity::AuditEntry entry) override;
  Status set_password(int64_t user, std::string_view hash, int64_t kept, identity::AuditEntry entry) override;
  Status set_disabled(int64_t user, bool disabled, identity::AuditEntry entry) override;
  Result<identity::LoginFailures> login_failures(std::string_view subject) override;
  Status note_login_failure(std::string_view subject, const identity::LoginFailures& failures, int64_t at_ms,
                            int64_t forget_before_ms) override;
  Status clear_login_failures(std::string_view subject) override;
  Result<identity::Session> create_session(identity::Session wanted, int64_t most, int64_t forget_created_before_ms,
                                           identity::AuditEntry entry) override;
  Result<std::optional<identity::Session>> session_of(std::string_view hash) override;
  Result<std::vector<identity::Session>> sessions(int64_t user) override;
  Status session_seen(int64_t id, int64_t at_ms) override;
  Status end_session(int64_t user, int64_t id, identity::AuditEntry entry) override;
  Status end_sessions_and_invitations(identity::AuditEntry entry) override;

  Result<std::vector<identity::Token>> tokens(int64_t user, int64_t organisation) override;
  Result<std::optional<identity::Token>> token_of(std::string_view hash) override;
  Result<identity::Token> create_token(identity::Token wanted, identity::AuditEntry entry) override;
  Status token_used(int64_t id, int64_t at_ms) override;
  Status revoke_token(int64_t id, identity::AuditEntry entry) override;

  Status note(const identity::AuditEntry& entry) override;
  Result<std::vector<identity::AuditEntry>> audit_page(int64_t organisation, std::optional<int64_t> before,
                                                       int limit) override;

 private:
  // `change` and the entry, or neither. An object "user:" gets the number of the row that `change` has added last.
  Status audited(const identity::AuditEntry& entry, const std::function<Status()>& change);
  Status append(const identity::AuditEntry& entry);
  // The changed rows of a statement must not be none: `otherwise`.
  Status change_one(Statement& statement, const Error& otherwise);
  Status keep_an_owner(int64_t organisation);
  Result<bool> is_owner(int64_t organisation, int64_t user);
  Status write_role(int64_t organisation, int64_t user, identity::Role role, int64_t at_ms);
  Status insert_key(ProjectId project, security::KeyKind kind, const security::NewKey& key,
                    const std::vector<std::string>& origins, int64_t at_ms);
  int64_t last_id() const { return sqlite3_last_insert_rowid(db_); }
};

}  // namespace gm::sqlite
