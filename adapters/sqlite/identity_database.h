#pragma once
// identity::IdentityStore in the metadata's file; private to adapters/sqlite. Split by what it keeps:
// identity_organisations.cc, identity_members.cc, identity_accounts.cc, identity_second_factor.cc, identity_resets.cc,
// identity_federated.cc, identity_tokens.cc, identity_audit.cc.

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
  Status require_second_factor(int64_t id, bool required, identity::AuditEntry entry) override;
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
  Result<std::optional<identity::Invitation>> invitation(int64_t id) override;
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
  Result<bool> count_login_failure(std::string_view subject, int64_t at_ms, const identity::Lockout& lockout) override;
  Status clear_login_failures(std::string_view subject) override;
  Result<identity::Session> create_session(identity::Session wanted, int64_t most, int64_t forget_created_before_ms,
                                           identity::AuditEntry entry) override;
  Result<std::optional<identity::Session>> session_of(std::string_view hash) override;
  Result<std::vector<identity::Session>> sessions(int64_t user) override;
  Status session_seen(int64_t id, int64_t at_ms) override;
  Status end_session(int64_t user, int64_t id, identity::AuditEntry entry) override;
  Status end_sessions_and_invitations(identity::AuditEntry entry) override;

  Result<std::optional<identity::SecondFactor>> second_factor(int64_t user) override;
  Status begin_second_factor(int64_t user, std::string_view sealed, identity::AuditEntry entry) override;
  Status confirm_second_factor(int64_t user, std::string_view sealed, int64_t step,
                               const std::vector<std::string>& recovery_hashes, int64_t kept,
                               identity::AuditEntry entry) override;
  Result<bool> take_step(int64_t user, int64_t step) override;
  Result<bool> take_recovery_code(int64_t user, std::string_view hash, identity::AuditEntry entry) override;
  Status replace_recovery_codes(int64_t user, const std::vector<std::string>& hashes,
                                identity::AuditEntry entry) override;
  Status end_second_factor(int64_t user, int64_t kept, identity::AuditEntry entry) override;
  Status create_challenge(const identity::LoginChallenge& wanted, int64_t most) override;
  Result<std::optional<identity::LoginChallenge>> try_challenge(std::string_view hash, int64_t now_ms,
                                                                int64_t attempts_max) override;
  Result<bool> end_challenge(int64_t id) override;

  Result<bool> create_password_reset(const identity::PasswordReset& wanted, int64_t most, int64_t within_ms,
                                     identity::AuditEntry entry) override;
  Result<std::optional<identity::PasswordReset>> password_reset_of(std::string_view hash, int64_t now_ms) override;
  Status take_password_reset(const identity::PasswordReset& reset, std::string_view password,
                             identity::AuditEntry entry) override;

  Result<std::optional<identity::User>> federated_user(const identity::FederatedIdentity& known) override;
  Status link_federated(int64_t user, const identity::FederatedIdentity& known, identity::AuditEntry entry) override;
  Result<identity::User> create_federated_user(identity::User wanted, const identity::FederatedIdentity& known,
                                               const std::optional<identity::Membership>& member,
                                               identity::AuditEntry entry) override;

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
  // Whether a statement has changed a row.
  Result<bool> changed(Statement& statement);
  Result<identity::LoginFailures> read_login_failures(std::string_view subject);
  Status write_recovery_codes(int64_t user, const std::vector<std::string>& hashes);
  // All of a person's but `kept`, and what would become one.
  Status end_sessions(int64_t user, int64_t kept);
  Result<std::optional<identity::User>> read_user_row(int64_t id);
  Status insert_user(const identity::User& wanted);
  Status write_federated(int64_t user, const identity::FederatedIdentity& known, int64_t at_ms);
  Status keep_an_owner(int64_t organisation);
  Result<bool> is_owner(int64_t organisation, int64_t user);
  Status write_role(int64_t organisation, int64_t user, identity::Role role, int64_t at_ms);
  Status insert_key(ProjectId project, security::KeyKind kind, const security::NewKey& key,
                    const std::vector<std::string>& origins, int64_t at_ms);
  int64_t last_id() const { return sqlite3_last_insert_rowid(db_); }
};

}  // namespace gm::sqlite
