#include "adapters/sqlite/identity_database.h"

namespace gm::sqlite {

using identity::AuditEntry;
using identity::PasswordReset;

Result<bool> IdentityDatabase::create_password_reset(const PasswordReset& wanted, int64_t most, int64_t within_ms,
                                                     AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  bool made = false;
  const auto done = in_one_step([&]() -> Status {
    const int64_t since = wanted.created_ms - within_ms;
    Statement forget(db_, "DELETE FROM password_resets WHERE expires_ms <= ? AND created_ms < ?");
    if (auto forgotten = run(forget.bind(wanted.created_ms).bind(since)); !forgotten) return forgotten;
    Statement insert(db_,
                     "INSERT INTO password_resets(user, hash, created_ms, expires_ms) SELECT ?1, ?2, ?3, ?4 WHERE "
                     "(SELECT count(*) FROM password_resets WHERE user = ?1 AND created_ms >= ?5) < ?6");
    insert.bind(wanted.user).bind_blob(wanted.hash).bind(wanted.created_ms).bind(wanted.expires_ms);
    const auto inserted = changed(insert.bind(since).bind(most));
    if (!inserted) return inserted.error();
    made = *inserted;
    return made ? append(entry) : Status();
  });
  if (!done) return done.error();
  return made;
}

Result<std::optional<PasswordReset>> IdentityDatabase::password_reset_of(std::string_view hash, int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  Statement select(
      db_, "SELECT id, user, hash, created_ms, expires_ms FROM password_resets WHERE hash = ? AND expires_ms > ?");
  return one_row<PasswordReset>(select.bind_blob(hash).bind(now_ms), [](const Statement& row) {
    return PasswordReset{row.integer(0), row.integer(1), row.text(2), row.integer(3), row.integer(4)};
  });
}

Status IdentityDatabase::take_password_reset(const PasswordReset& reset, std::string_view password, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  return audited(entry, [&]() -> Status {
    Statement take(db_, "DELETE FROM password_resets WHERE id = ?");
    if (auto taken = change_one(take.bind(reset.id), {"gm-reset-unknown", "this link was used or has ended"}); !taken)
      return taken;
    Statement update(db_, "UPDATE users SET password = ? WHERE id = ? AND disabled_ms IS NULL");
    update.bind(password).bind(reset.user);
    if (auto updated = change_one(update, {"gm-reset-unknown", "the account is disabled"}); !updated) return updated;
    return end_sessions(reset.user, 0);
  });
}

}  // namespace gm::sqlite
