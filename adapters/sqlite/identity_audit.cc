#include "adapters/sqlite/identity_database.h"
#include "adapters/sqlite/metadata.h"

namespace gm::sqlite {

using identity::AuditEntry;

Status IdentityDatabase::audited(const AuditEntry& entry, const std::function<Status()>& change) {
  return in_one_step([&]() -> Status {
    if (auto done = change(); !done) return done;
    if (!entry.object.ends_with(':')) return append(entry);
    AuditEntry numbered = entry;
    numbered.object += std::to_string(last_id());
    return append(numbered);
  });
}

Status IdentityDatabase::append(const AuditEntry& entry) {
  Statement insert(db_,
                   "INSERT INTO audit(organisation, at_ms, actor, origin, action, object, before, after) VALUES (?, ?, "
                   "?, ?, ?, ?, ?, ?)");
  insert.bind(entry.organisation).bind(entry.at_ms).bind(entry.actor).bind(entry.from).bind(entry.action);
  return run(insert.bind(entry.object).bind(entry.before).bind(entry.after));
}

Status IdentityDatabase::change_one(Statement& statement, const Error& otherwise) {
  if (auto done = run(statement); !done) return done;
  return sqlite3_changes(db_) == 0 ? Status(otherwise) : Status();
}

Status IdentityDatabase::note(const AuditEntry& entry) {
  const std::lock_guard lock(mutex_);
  return append(entry);
}

Result<std::vector<AuditEntry>> IdentityDatabase::audit_page(int64_t organisation, std::optional<int64_t> before,
                                                             int limit) {
  const std::lock_guard lock(mutex_);
  Statement select(db_,
                   "SELECT id, organisation, at_ms, actor, origin, action, object, before, after FROM audit WHERE "
                   "organisation = ? AND id < ? ORDER BY id DESC LIMIT ?");
  select.bind(organisation).bind(before.value_or(INT64_MAX)).bind(int64_t{limit});
  return all_rows<AuditEntry>(select, [](const Statement& row) {
    return AuditEntry{row.integer(0), row.integer(1), row.integer(2), row.text(3), row.text(4),
                      row.text(5),    row.text(6),    row.text(7),    row.text(8)};
  });
}

Result<std::unique_ptr<identity::IdentityStore>> open_identity(const std::string& path) {
  auto opened = open_database<IdentityDatabase>(path);
  if (!opened) return opened.error();
  return std::unique_ptr<identity::IdentityStore>(std::move(*opened));
}

}  // namespace gm::sqlite
