#include "adapters/sqlite/identity_database.h"

namespace gm::sqlite {

using identity::AuditEntry;
using identity::Lockout;
using identity::LoginFailures;
using identity::Session;
using identity::User;

namespace {

constexpr const char* kUsers =
    "SELECT id, email, name, password, created_ms, disabled_ms, EXISTS (SELECT 1 FROM second_factors f WHERE f.user = "
    "users.id AND f.confirmed_ms IS NOT NULL) FROM users ";
constexpr const char* kSessions = "SELECT id, user, hash, created_ms, seen_ms, peer, agent FROM sessions ";

User read_user(const Statement& row) {
  return {row.integer(0),          row.text(1),        row.text(2), row.text(3), row.integer(4),
          row.optional_integer(5), row.integer(6) != 0};
}

Session read_session(const Statement& row) {
  return {row.integer(0), row.integer(1), row.text(2), row.integer(3), row.integer(4), row.text(5), row.text(6)};
}

Error no_user() { return {"gm-user-unknown", "there is no such user"}; }

}  // namespace

Result<std::vector<User>> IdentityDatabase::users() {
  const std::lock_guard lock(mutex_);
  Statement select(db_, (std::string(kUsers) + "ORDER BY id").c_str());
  return all_rows<User>(select, read_user);
}

Result<std::optional<User>> IdentityDatabase::user(int64_t id) {
  const std::lock_guard lock(mutex_);
  return read_user_row(id);
}

Result<std::optional<User>> IdentityDatabase::read_user_row(int64_t id) {
  Statement select(db_, (std::string(kUsers) + "WHERE id = ?").c_str());
  return one_row<User>(select.bind(id), read_user);
}

Result<std::optional<User>> IdentityDatabase::user_of(std::string_view email) {
  const std::lock_guard lock(mutex_);
  Statement select(db_, (std::string(kUsers) + "WHERE email = ?").c_str());
  return one_row<User>(select.bind(email), read_user);
}

Result<User> IdentityDatabase::create_user(User wanted, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  wanted.created_ms = entry.at_ms;
  const auto done = audited(entry, [&] {
    const auto inserted = insert_user(wanted);
    wanted.id = last_id();
    return inserted;
  });
  if (!done) return done.error();
  return wanted;
}

Status IdentityDatabase::insert_user(const User& wanted) {
  Statement insert(
      db_, "INSERT INTO users(email, name, password, created_ms) VALUES (?, ?, ?, ?) ON CONFLICT(email) DO NOTHING");
  insert.bind(wanted.email).bind(wanted.name).bind(wanted.password).bind(wanted.created_ms);
  return change_one(insert, {"gm-user-exists", "there is a user with this address"});
}

Status IdentityDatabase::set_password(int64_t user, std::string_view hash, int64_t kept, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  return audited(entry, [&]() -> Status {
    Statement update(db_, "UPDATE users SET password = ? WHERE id = ?");
    if (auto changed = change_one(update.bind(hash).bind(user), no_user()); !changed) return changed;
    return end_sessions(user, kept);
  });
}

Status IdentityDatabase::set_disabled(int64_t user, bool disabled, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  return audited(entry, [&]() -> Status {
    Statement update(db_, "UPDATE users SET disabled_ms = ? WHERE id = ?");
    update.bind(disabled ? std::optional(entry.at_ms) : std::nullopt).bind(user);
    if (auto changed = change_one(update, no_user()); !changed || !disabled) return changed;
    return end_sessions(user, 0);
  });
}

Result<LoginFailures> IdentityDatabase::login_failures(std::string_view subject) {
  const std::lock_guard lock(mutex_);
  return read_login_failures(subject);
}

Result<LoginFailures> IdentityDatabase::read_login_failures(std::string_view subject) {
  Statement select(db_, "SELECT failures, locked_until_ms FROM login_failures WHERE subject = ?");
  select.bind_blob(subject);
  const auto found = one_row<LoginFailures>(
      select, [](const Statement& row) { return LoginFailures{row.integer(0), row.integer(1)}; });
  if (!found) return found.error();
  return found->value_or(LoginFailures{});
}

Result<bool> IdentityDatabase::count_login_failure(std::string_view subject, int64_t at_ms, const Lockout& lockout) {
  const std::lock_guard lock(mutex_);
  bool counted = false;
  const auto done = in_one_step([&]() -> Status {
    Statement forget(db_, "DELETE FROM login_failures WHERE at_ms < ?");
    if (auto forgotten = run(forget.bind(at_ms - lockout.duration_ms)); !forgotten) return forgotten;
    auto failures = read_login_failures(subject);
    if (!failures) return failures.error();
    if (failures->locked_until_ms > at_ms) return {};
    counted = true;
    // After a lockout the counting begins anew.
    if (failures->locked_until_ms != 0) *failures = {};
    if (++failures->count >= lockout.failures) failures->locked_until_ms = at_ms + lockout.duration_ms;
    Statement keep(
        db_, "INSERT OR REPLACE INTO login_failures(subject, failures, locked_until_ms, at_ms) VALUES (?, ?, ?, ?)");
    return run(keep.bind_blob(subject).bind(failures->count).bind(failures->locked_until_ms).bind(at_ms));
  });
  if (!done) return done.error();
  return counted;
}

Status IdentityDatabase::clear_login_failures(std::string_view subject) {
  const std::lock_guard lock(mutex_);
  Statement clear(db_, "DELETE FROM login_failures WHERE subject = ?");
  return run(clear.bind_blob(subject));
}

Result<Session> IdentityDatabase::create_session(Session wanted, int64_t most, int64_t forget_created_before_ms,
                                                 AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  wanted.created_ms = wanted.seen_ms = entry.at_ms;
  const auto done = audited(entry, [&]() -> Status {
    Statement forget(db_,
                     "DELETE FROM sessions WHERE created_ms < ?1 OR (user = ?2 AND id NOT IN (SELECT id FROM sessions "
                     "WHERE user = ?2 ORDER BY id DESC LIMIT ?3))");
    if (auto done_first = run(forget.bind(forget_created_before_ms).bind(wanted.user).bind(most - 1)); !done_first)
      return done_first;
    Statement insert(db_,
                     "INSERT INTO sessions(user, hash, created_ms, seen_ms, peer, agent) VALUES (?, ?, ?, ?, ?, ?)");
    insert.bind(wanted.user).bind_blob(wanted.hash).bind(wanted.created_ms).bind(wanted.seen_ms);
    const auto inserted = run(insert.bind(wanted.peer).bind(wanted.agent));
    wanted.id = last_id();
    return inserted;
  });
  if (!done) return done.error();
  return wanted;
}

Result<std::optional<Session>> IdentityDatabase::session_of(std::string_view hash) {
  const std::lock_guard lock(mutex_);
  Statement select(db_, (std::string(kSessions) + "WHERE hash = ?").c_str());
  return one_row<Session>(select.bind_blob(hash), read_session);
}

Result<std::vector<Session>> IdentityDatabase::sessions(int64_t user) {
  const std::lock_guard lock(mutex_);
  Statement select(db_, (std::string(kSessions) + "WHERE user = ? ORDER BY id").c_str());
  return all_rows<Session>(select.bind(user), read_session);
}

Status IdentityDatabase::session_seen(int64_t id, int64_t at_ms) {
  const std::lock_guard lock(mutex_);
  Statement update(db_, "UPDATE sessions SET seen_ms = ? WHERE id = ?");
  return run(update.bind(at_ms).bind(id));
}

Status IdentityDatabase::end_session(int64_t user, int64_t id, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  return audited(entry, [&] {
    Statement end(db_, "DELETE FROM sessions WHERE id = ? AND user = ?");
    return change_one(end.bind(id).bind(user), {"gm-session-unknown", "there is no such session"});
  });
}

Status IdentityDatabase::end_sessions_and_invitations(AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  return audited(entry, [&]() -> Status {
    if (auto ended = execute("DELETE FROM sessions; DELETE FROM login_challenges; DELETE FROM password_resets"); !ended)
      return ended;
    Statement end(db_, "UPDATE invitations SET ended_ms = ? WHERE ended_ms IS NULL");
    return run(end.bind(entry.at_ms));
  });
}

}  // namespace gm::sqlite
