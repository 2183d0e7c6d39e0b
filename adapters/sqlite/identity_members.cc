#include "adapters/sqlite/identity_database.h"

namespace gm::sqlite {

using identity::AuditEntry;
using identity::Invitation;
using identity::Member;
using identity::Membership;
using identity::Role;

namespace {

constexpr const char* kInvitations =
    "SELECT id, organisation, email, role, hash, created_ms, expires_ms, ended_ms FROM invitations WHERE ";

Invitation read_invitation(const Statement& row) {
  return {row.integer(0), row.integer(1), row.text(2),    static_cast<Role>(row.integer(3)),
          row.text(4),    row.integer(5), row.integer(6), row.optional_integer(7)};
}

Error no_invitation() { return {"gm-invitation-unknown", "there is no such invitation, or it was taken or withdrawn"}; }

}  // namespace

Result<std::vector<Member>> IdentityDatabase::members(int64_t organisation) {
  const std::lock_guard lock(mutex_);
  Statement select(db_,
                   "SELECT m.user, u.email, u.name, m.role, m.since_ms, EXISTS (SELECT 1 FROM second_factors f WHERE "
                   "f.user = m.user AND f.confirmed_ms IS NOT NULL) FROM members m JOIN users u ON u.id = m.user WHERE "
                   "m.organisation = ? ORDER BY m.user");
  select.bind(organisation);
  return all_rows<Member>(select, [](const Statement& row) {
    return Member{row.integer(0), row.text(1),        row.text(2), static_cast<Role>(row.integer(3)),
                  row.integer(4), row.integer(5) != 0};
  });
}

Result<std::vector<Membership>> IdentityDatabase::memberships(int64_t user) {
  const std::lock_guard lock(mutex_);
  Statement select(
      db_,
      "SELECT m.organisation, m.role, o.require_second_factor AND NOT EXISTS (SELECT 1 FROM second_factors "
      "f WHERE f.user = m.user AND f.confirmed_ms IS NOT NULL) FROM members m JOIN organisations o ON o.id "
      "= m.organisation WHERE m.user = ? ORDER BY m.organisation");
  select.bind(user);
  return all_rows<Membership>(select, [](const Statement& row) {
    return Membership{row.integer(0), static_cast<Role>(row.integer(1)), row.integer(2) != 0};
  });
}

Status IdentityDatabase::keep_an_owner(int64_t organisation) {
  Statement owners(db_, "SELECT count(*) FROM members WHERE organisation = ? AND role = ?");
  owners.bind(organisation).bind(static_cast<int64_t>(Role::owner));
  if (const auto row = owners.step(); !row) return row.error();
  if (owners.integer(0) > 0) return {};
  return Error{"gm-member-last-owner", "an organisation keeps at least one owner: make another member one first"};
}

Result<bool> IdentityDatabase::is_owner(int64_t organisation, int64_t user) {
  Statement select(db_, "SELECT 1 FROM members WHERE organisation = ? AND user = ? AND role = ?");
  return select.bind(organisation).bind(user).bind(static_cast<int64_t>(Role::owner)).step();
}

Status IdentityDatabase::write_role(int64_t organisation, int64_t user, Role role, int64_t at_ms) {
  Statement upsert(db_,
                   "INSERT INTO members(organisation, user, role, since_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE "
                   "SET role = excluded.role");
  return run(upsert.bind(organisation).bind(user).bind(static_cast<int64_t>(role)).bind(at_ms));
}

Status IdentityDatabase::set_role(int64_t organisation, int64_t user, Role role, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  return audited(entry, [&]() -> Status {
    const auto owner = is_owner(organisation, user);
    if (!owner) return owner.error();
    if (auto written = write_role(organisation, user, role, entry.at_ms); !written) return written;
    // An organisation that has no owner yet may get its members in any order.
    return *owner ? keep_an_owner(organisation) : Status();
  });
}

Status IdentityDatabase::remove_member(int64_t organisation, int64_t user, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  return audited(entry, [&]() -> Status {
    Statement remove(db_, "DELETE FROM members WHERE organisation = ? AND user = ?");
    const Error unknown{"gm-member-unknown", "the organisation has no such member"};
    if (auto removed = change_one(remove.bind(organisation).bind(user), unknown); !removed) return removed;
    return keep_an_owner(organisation);
  });
}

Result<std::vector<Invitation>> IdentityDatabase::invitations(int64_t organisation) {
  const std::lock_guard lock(mutex_);
  Statement select(db_, (std::string(kInvitations) + "organisation = ? ORDER BY id").c_str());
  select.bind(organisation);
  return all_rows<Invitation>(select, read_invitation);
}

Result<std::optional<Invitation>> IdentityDatabase::invitation_of(std::string_view hash) {
  const std::lock_guard lock(mutex_);
  Statement select(db_, (std::string(kInvitations) + "hash = ?").c_str());
  select.bind_blob(hash);
  return one_row<Invitation>(select, read_invitation);
}

Result<std::optional<Invitation>> IdentityDatabase::invitation(int64_t id) {
  const std::lock_guard lock(mutex_);
  Statement select(db_, (std::string(kInvitations) + "id = ?").c_str());
  return one_row<Invitation>(select.bind(id), read_invitation);
}

Result<Invitation> IdentityDatabase::create_invitation(Invitation wanted, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  wanted.created_ms = entry.at_ms;
  const auto done = audited(entry, [&] {
    Statement insert(db_,
                     "INSERT INTO invitations(organisation, email, role, hash, created_ms, expires_ms) VALUES (?, ?, "
                     "?, ?, ?, ?)");
    insert.bind(wanted.organisation).bind(wanted.email).bind(static_cast<int64_t>(wanted.role));
    const auto inserted = run(insert.bind_blob(wanted.hash).bind(wanted.created_ms).bind(wanted.expires_ms));
    wanted.id = last_id();
    return inserted;
  });
  if (!done) return done.error();
  return wanted;
}

Status IdentityDatabase::take_invitation(const Invitation& invitation, int64_t user, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  return audited(entry, [&]() -> Status {
    Statement end(db_, "UPDATE invitations SET ended_ms = ? WHERE id = ? AND ended_ms IS NULL");
    if (auto ended = change_one(end.bind(entry.at_ms).bind(invitation.id), no_invitation()); !ended) return ended;
    const auto owner = is_owner(invitation.organisation, user);
    if (!owner) return owner.error();
    return *owner ? Status() : write_role(invitation.organisation, user, invitation.role, entry.at_ms);
  });
}

Status IdentityDatabase::end_invitation(int64_t organisation, int64_t id, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  return audited(entry, [&] {
    Statement end(db_, "UPDATE invitations SET ended_ms = ? WHERE id = ? AND organisation = ? AND ended_ms IS NULL");
    return change_one(end.bind(entry.at_ms).bind(id).bind(organisation), no_invitation());
  });
}

}  // namespace gm::sqlite
