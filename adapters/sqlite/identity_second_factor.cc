#include "adapters/sqlite/identity_database.h"

namespace gm::sqlite {

using identity::AuditEntry;
using identity::LoginChallenge;
using identity::SecondFactor;

namespace {

Error is_off() { return {"gm-second-factor-off", "the second factor is not on, or was not begun"}; }

}  // namespace

Result<std::optional<SecondFactor>> IdentityDatabase::second_factor(int64_t user) {
  const std::lock_guard lock(mutex_);
  Statement select(db_,
                   "SELECT sealed, confirmed_ms, step, (SELECT count(*) FROM recovery_codes r WHERE r.user = f.user) "
                   "FROM second_factors f WHERE user = ?");
  return one_row<SecondFactor>(select.bind(user), [](const Statement& row) {
    return SecondFactor{row.text(0), row.optional_integer(1), row.integer(2), row.integer(3)};
  });
}

Status IdentityDatabase::begin_second_factor(int64_t user, std::string_view sealed, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  return audited(entry, [&] {
    Statement begin(db_,
                    "INSERT INTO second_factors(user, sealed, begun_ms, step) VALUES (?, ?, ?, 0) ON CONFLICT(user) DO "
                    "UPDATE SET sealed = excluded.sealed, begun_ms = excluded.begun_ms WHERE confirmed_ms IS NULL");
    return change_one(begin.bind(user).bind_blob(sealed).bind(entry.at_ms),
                      {"gm-second-factor-on", "the second factor is on already; disable it first"});
  });
}

Status IdentityDatabase::confirm_second_factor(int64_t user, std::string_view sealed, int64_t step,
                                               const std::vector<std::string>& recovery_hashes, int64_t kept,
                                               AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  return audited(entry, [&]() -> Status {
    Statement confirm(db_,
                      "UPDATE second_factors SET confirmed_ms = ?, step = ? WHERE user = ? AND sealed = ? AND "
                      "confirmed_ms IS NULL");
    confirm.bind(entry.at_ms).bind(step).bind(user).bind_blob(sealed);
    if (auto confirmed = change_one(confirm, is_off()); !confirmed) return confirmed;
    if (auto written = write_recovery_codes(user, recovery_hashes); !written) return written;
    return end_sessions(user, kept);
  });
}

Status IdentityDatabase::write_recovery_codes(int64_t user, const std::vector<std::string>& hashes) {
  Statement forget(db_, "DELETE FROM recovery_codes WHERE user = ?");
  if (auto done = run(forget.bind(user)); !done) return done;
  for (const std::string& hash : hashes) {
    Statement insert(db_, "INSERT INTO recovery_codes(user, hash) VALUES (?, ?)");
    if (auto done = run(insert.bind(user).bind_blob(hash)); !done) return done;
  }
  return {};
}

Status IdentityDatabase::end_sessions(int64_t user, int64_t kept) {
  Statement sessions(db_, "DELETE FROM sessions WHERE user = ? AND id <> ?");
  if (auto done = run(sessions.bind(user).bind(kept)); !done) return done;
  for (const char* waiting :
       {"DELETE FROM login_challenges WHERE user = ?", "DELETE FROM password_resets WHERE user = ?"}) {
    Statement forget(db_, waiting);
    if (auto done = run(forget.bind(user)); !done) return done;
  }
  return {};
}

Result<bool> IdentityDatabase::changed(Statement& statement) {
  if (const auto done = run(statement); !done) return done.error();
  return sqlite3_changes(db_) != 0;
}

Result<bool> IdentityDatabase::take_step(int64_t user, int64_t step) {
  const std::lock_guard lock(mutex_);
  Statement take(db_, "UPDATE second_factors SET step = ?1 WHERE user = ?2 AND step < ?1 AND confirmed_ms IS NOT NULL");
  return changed(take.bind(step).bind(user));
}

Result<bool> IdentityDatabase::take_recovery_code(int64_t user, std::string_view hash, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  bool taken = false;
  const auto done = in_one_step([&]() -> Status {
    Statement take(db_, "DELETE FROM recovery_codes WHERE user = ? AND hash = ?");
    const auto found = changed(take.bind(user).bind_blob(hash));
    if (!found) return found.error();
    taken = *found;
    return taken ? append(entry) : Status();
  });
  if (!done) return done.error();
  return taken;
}

Status IdentityDatabase::replace_recovery_codes(int64_t user, const std::vector<std::string>& hashes,
                                                AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  return audited(entry, [&] { return write_recovery_codes(user, hashes); });
}

Status IdentityDatabase::end_second_factor(int64_t user, int64_t kept, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  return audited(entry, [&]() -> Status {
    Statement end(db_, "DELETE FROM second_factors WHERE user = ?");
    if (auto ended = change_one(end.bind(user), is_off()); !ended) return ended;
    if (auto forgotten = write_recovery_codes(user, {}); !forgotten) return forgotten;
    return end_sessions(user, kept);
  });
}

Status IdentityDatabase::create_challenge(const LoginChallenge& wanted, int64_t most) {
  const std::lock_guard lock(mutex_);
  return in_one_step([&]() -> Status {
    Statement forget(db_,
                     "DELETE FROM login_challenges WHERE expires_ms <= ?1 OR (user = ?2 AND id NOT IN (SELECT id FROM "
                     "login_challenges WHERE user = ?2 ORDER BY id DESC LIMIT ?3))");
    if (auto done = run(forget.bind(wanted.created_ms).bind(wanted.user).bind(most - 1)); !done) return done;
    Statement insert(
        db_, "INSERT INTO login_challenges(user, invitation, hash, created_ms, expires_ms) VALUES (?, ?, ?, ?, ?)");
    insert.bind(wanted.user).bind(wanted.invitation).bind_blob(wanted.hash);
    return run(insert.bind(wanted.created_ms).bind(wanted.expires_ms));
  });
}

Result<std::optional<LoginChallenge>> IdentityDatabase::try_challenge(std::string_view hash, int64_t now_ms,
                                                                      int64_t attempts_max) {
  const std::lock_guard lock(mutex_);
  Statement attempt(
      db_,
      "UPDATE login_challenges SET attempts = attempts + 1 WHERE hash = ? AND expires_ms > ? AND attempts "
      "< ? RETURNING id, user, invitation, hash, created_ms, expires_ms");
  attempt.bind_blob(hash).bind(now_ms).bind(attempts_max);
  auto found = all_rows<LoginChallenge>(attempt, [](const Statement& row) {
    return LoginChallenge{row.integer(0), row.integer(1), row.integer(2), row.text(3), row.integer(4), row.integer(5)};
  });
  if (!found) return found.error();
  return found->empty() ? std::nullopt : std::optional(std::move(found->front()));
}

Result<bool> IdentityDatabase::end_challenge(int64_t id) {
  const std::lock_guard lock(mutex_);
  Statement end(db_, "DELETE FROM login_challenges WHERE id = ?");
  return changed(end.bind(id));
}

}  // namespace gm::sqlite
