#include "adapters/sqlite/identity_database.h"

namespace gm::sqlite {

using identity::AuditEntry;
using identity::FederatedIdentity;
using identity::User;

Result<std::optional<User>> IdentityDatabase::federated_user(const FederatedIdentity& known) {
  const std::lock_guard lock(mutex_);
  std::optional<int64_t> id;
  {
    Statement select(db_, "SELECT user FROM federated_identities WHERE issuer = ? AND subject = ?");
    const auto found = one_row<int64_t>(select.bind(known.issuer).bind(known.subject),
                                        [](const Statement& row) { return row.integer(0); });
    if (!found) return found.error();
    id = *found;
  }
  if (!id) return std::optional<User>();
  return read_user_row(*id);
}

Status IdentityDatabase::write_federated(int64_t user, const FederatedIdentity& known, int64_t at_ms) {
  Statement insert(
      db_,
      "INSERT INTO federated_identities(issuer, subject, user, created_ms) VALUES (?, ?, ?, ?) ON CONFLICT "
      "DO NOTHING");
  insert.bind(known.issuer).bind(known.subject).bind(user).bind(at_ms);
  return change_one(insert, {"gm-oidc-account-unknown", "whom the provider means is somebody else here by now"});
}

Status IdentityDatabase::link_federated(int64_t user, const FederatedIdentity& known, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  return audited(entry, [&] { return write_federated(user, known, entry.at_ms); });
}

Result<User> IdentityDatabase::create_federated_user(User wanted, const FederatedIdentity& known,
                                                     const std::optional<identity::Membership>& member,
                                                     AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  wanted.created_ms = entry.at_ms;
  const auto done = in_one_step([&]() -> Status {
    if (auto inserted = insert_user(wanted); !inserted) return inserted;
    wanted.id = last_id();
    if (auto linked = write_federated(wanted.id, known, entry.at_ms); !linked) return linked;
    if (member) {
      if (auto added = write_role(member->organisation, wanted.id, member->role, entry.at_ms); !added) return added;
    }
    entry.object += std::to_string(wanted.id);
    return append(entry);
  });
  if (!done) return done.error();
  return wanted;
}

}  // namespace gm::sqlite
