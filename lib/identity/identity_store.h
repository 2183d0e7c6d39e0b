#pragma once
// Ports: organisations, people, credentials and the log of their changes. Embedded: SQLite, the file of the metadata.
// Distributed: PostgreSQL.
//
// A change and its audit entry are kept in one step: neither is ever there without the other. Errors of all:
// gm-metadata-unavailable. Safe to call from several threads; calls block on disk.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/result.h"
#include "lib/identity/records.h"

namespace gm::identity {

class OrganisationStore {
 public:
  virtual ~OrganisationStore() = default;
  virtual Result<std::vector<Organisation>> organisations() = 0;
  virtual Result<Organisation> create_organisation(std::string_view name, AuditEntry entry) = 0;
  virtual Status rename_organisation(int64_t id, std::string_view name, AuditEntry entry) = 0;
  virtual Status require_second_factor(int64_t id, bool required, AuditEntry entry) = 0;

  virtual Result<std::vector<OwnedProject>> owned_projects() = 0;
  // `wanted.game` 0: of a game of its own. Error gm-environment-exists.
  virtual Result<OwnedProject> create_owned_project(OwnedProject wanted, AuditEntry entry) = 0;
  virtual Status rename_project(ProjectId project, std::string_view name, AuditEntry entry) = 0;
  virtual Result<store::Key> add_key(ProjectId project, security::KeyKind kind, const security::NewKey& key,
                                     const std::vector<std::string>& origins, AuditEntry entry) = 0;
  virtual Status change_key_origins(int64_t id, const std::vector<std::string>& origins, AuditEntry entry) = 0;
  // In place of `old`, which ends at `end_ms` (its revoked_ms). Error gm-key-unknown: it has its end already.
  virtual Result<store::Key> rotate_key(const store::Key& old, int64_t end_ms, const security::NewKey& key,
                                        AuditEntry entry) = 0;
  virtual Status end_key(int64_t id, AuditEntry entry) = 0;

  virtual Result<std::vector<Member>> members(int64_t organisation) = 0;
  virtual Result<std::vector<Membership>> memberships(int64_t user) = 0;
  // Makes him a member, or changes his role. Error gm-member-last-owner.
  virtual Status set_role(int64_t organisation, int64_t user, Role role, AuditEntry entry) = 0;
  // Errors: gm-member-unknown, gm-member-last-owner.
  virtual Status remove_member(int64_t organisation, int64_t user, AuditEntry entry) = 0;

  virtual Result<std::vector<Invitation>> invitations(int64_t organisation) = 0;
  virtual Result<std::optional<Invitation>> invitation_of(std::string_view hash) = 0;
  virtual Result<std::optional<Invitation>> invitation(int64_t id) = 0;
  virtual Result<Invitation> create_invitation(Invitation wanted, AuditEntry entry) = 0;
  // Ends it and makes `user` a member; an owner stays one. Error gm-invitation-unknown: it has ended meanwhile.
  virtual Status take_invitation(const Invitation& invitation, int64_t user, AuditEntry entry) = 0;
  virtual Status end_invitation(int64_t organisation, int64_t id, AuditEntry entry) = 0;  // gm-invitation-unknown
};

class AccountStore {
 public:
  virtual ~AccountStore() = default;
  virtual Result<std::vector<User>> users() = 0;
  virtual Result<std::optional<User>> user(int64_t id) = 0;
  virtual Result<std::optional<User>> user_of(std::string_view email) = 0;
  // Error gm-user-exists.
  virtual Result<User> create_user(User wanted, AuditEntry entry) = 0;
  // Ends all his sessions but `kept`, his challenges and resets.
  virtual Status set_password(int64_t user, std::string_view hash, int64_t kept, AuditEntry entry) = 0;
  // Disabled: ends all his sessions.
  virtual Status set_disabled(int64_t user, bool disabled, AuditEntry entry) = 0;

  // By whatever names an account, whether there is one or not.
  virtual Result<LoginFailures> login_failures(std::string_view subject) = 0;
  // Counts one more, and locks when it is the last that `lockout` allows. False: it is locked already, nothing was
  // counted. Forgets those that were noted longer ago than a lockout lasts.
  virtual Result<bool> count_login_failure(std::string_view subject, int64_t at_ms, const Lockout& lockout) = 0;
  virtual Status clear_login_failures(std::string_view subject) = 0;

  // Forgets those of before `forget_created_before_ms`, and of the user all but the newest `most`.
  virtual Result<Session> create_session(Session wanted, int64_t most, int64_t forget_created_before_ms,
                                         AuditEntry entry) = 0;
  virtual Result<std::optional<Session>> session_of(std::string_view hash) = 0;
  virtual Result<std::vector<Session>> sessions(int64_t user) = 0;
  virtual Status session_seen(int64_t id, int64_t at_ms) = 0;
  virtual Status end_session(int64_t user, int64_t id, AuditEntry entry) = 0;  // gm-session-unknown
  // Every session, challenge, reset and open invitation: what was ended since a backup was made is not good again once
  // it is restored.
  virtual Status end_sessions_and_invitations(AuditEntry entry) = 0;

  // Exactly one of both is not 0: those of a person, or of an organisation's services.
  virtual Result<std::vector<Token>> tokens(int64_t user, int64_t organisation) = 0;
  virtual Result<std::optional<Token>> token_of(std::string_view hash) = 0;
  virtual Result<Token> create_token(Token wanted, AuditEntry entry) = 0;
  virtual Status token_used(int64_t id, int64_t at_ms) = 0;
  virtual Status revoke_token(int64_t id, AuditEntry entry) = 0;  // gm-token-unknown
};

class SecondFactorStore {
 public:
  virtual ~SecondFactorStore() = default;

  virtual Result<std::optional<SecondFactor>> second_factor(int64_t user) = 0;
  // In place of one that was begun and not confirmed. Error gm-second-factor-on.
  virtual Status begin_second_factor(int64_t user, std::string_view sealed, AuditEntry entry) = 0;
  // Of the one that `sealed` is of, by a code of `step`; ends all his sessions but `kept`. Error gm-second-factor-off:
  // that one was not begun, or is on already.
  virtual Status confirm_second_factor(int64_t user, std::string_view sealed, int64_t step,
                                       const std::vector<std::string>& recovery_hashes, int64_t kept,
                                       AuditEntry entry) = 0;
  // False: a code of this step or of a later one was taken before.
  virtual Result<bool> take_step(int64_t user, int64_t step) = 0;
  // False: he has no such code left.
  virtual Result<bool> take_recovery_code(int64_t user, std::string_view hash, AuditEntry entry) = 0;
  virtual Status replace_recovery_codes(int64_t user, const std::vector<std::string>& hashes, AuditEntry entry) = 0;
  // With all his sessions but `kept`, and his challenges. Error gm-second-factor-off: there is none.
  virtual Status end_second_factor(int64_t user, int64_t kept, AuditEntry entry) = 0;

  // Forgets those that have expired, and of the user all but the newest `most`.
  virtual Status create_challenge(const LoginChallenge& wanted, int64_t most) = 0;
  // Counts an attempt at it. nullopt: there is none, it has expired or was tried `attempts_max` times.
  virtual Result<std::optional<LoginChallenge>> try_challenge(std::string_view hash, int64_t now_ms,
                                                              int64_t attempts_max) = 0;
  // False: it has ended already.
  virtual Result<bool> end_challenge(int64_t id) = 0;
};

class PasswordResetStore {
 public:
  virtual ~PasswordResetStore() = default;

  // False, and nothing is kept: within the last `within_ms` as many were made for the person as `most`.
  virtual Result<bool> create_password_reset(const PasswordReset& wanted, int64_t most, int64_t within_ms,
                                             AuditEntry entry) = 0;
  // nullopt: there is none, or it has expired.
  virtual Result<std::optional<PasswordReset>> password_reset_of(std::string_view hash, int64_t now_ms) = 0;
  // Ends it, and all sessions, challenges and other resets of the person. Error gm-reset-unknown: it was taken
  // meanwhile, or the account is disabled.
  virtual Status take_password_reset(const PasswordReset& reset, std::string_view password, AuditEntry entry) = 0;
};

class FederatedStore {
 public:
  virtual ~FederatedStore() = default;

  virtual Result<std::optional<User>> federated_user(const FederatedIdentity& known) = 0;
  // Error gm-oidc-account-unknown: it is somebody's already.
  virtual Status link_federated(int64_t user, const FederatedIdentity& known, AuditEntry entry) = 0;
  // Somebody new, linked, and a member if that is given: all or nothing. Errors: gm-user-exists,
  // gm-oidc-account-unknown.
  virtual Result<User> create_federated_user(User wanted, const FederatedIdentity& known,
                                             const std::optional<Membership>& member, AuditEntry entry) = 0;
};

class AuditLog {
 public:
  virtual ~AuditLog() = default;
  virtual Status note(const AuditEntry& entry) = 0;
  // Newest first; those with numbers below `before`.
  virtual Result<std::vector<AuditEntry>> audit_page(int64_t organisation, std::optional<int64_t> before,
                                                     int limit) = 0;
};

class IdentityStore : public OrganisationStore,
                      public AccountStore,
                      public SecondFactorStore,
                      public PasswordResetStore,
                      public FederatedStore,
                      public AuditLog {};

}  // namespace gm::identity
