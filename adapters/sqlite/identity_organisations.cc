#include "adapters/sqlite/identity_database.h"
#include "adapters/sqlite/word_list.h"

namespace gm::sqlite {

using identity::AuditEntry;
using identity::Organisation;
using identity::OwnedProject;

namespace {

Error no_key(int64_t id) { return {"gm-key-unknown", "there is no key with the id " + std::to_string(id)}; }

OwnedProject read_project(const Statement& row) {
  const store::Project project{ProjectId::from_stored(static_cast<uint32_t>(row.integer(0))), row.text(1), row.text(2),
                               row.text(3), row.integer(4)};
  return {project, row.integer(5), static_cast<uint32_t>(row.integer(6)), row.text(7)};
}

}  // namespace

Result<std::vector<Organisation>> IdentityDatabase::organisations() {
  const std::lock_guard lock(mutex_);
  Statement select(db_, "SELECT id, name, created_ms, require_second_factor FROM organisations ORDER BY id");
  return all_rows<Organisation>(select, [](const Statement& row) {
    return Organisation{row.integer(0), row.text(1), row.integer(2), row.integer(3) != 0};
  });
}

Result<Organisation> IdentityDatabase::create_organisation(std::string_view name, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  int64_t id = 0;
  const auto done = in_one_step([&]() -> Status {
    Statement insert(db_, "INSERT INTO organisations(name, created_ms) VALUES (?, ?)");
    if (auto inserted = run(insert.bind(name).bind(entry.at_ms)); !inserted) return inserted;
    id = entry.organisation = last_id();
    entry.object += std::to_string(id);
    return append(entry);
  });
  if (!done) return done.error();
  return Organisation{id, std::string(name), entry.at_ms};
}

Status IdentityDatabase::rename_organisation(int64_t id, std::string_view name, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  return audited(entry, [&] {
    Statement update(db_, "UPDATE organisations SET name = ? WHERE id = ?");
    return change_one(update.bind(name).bind(id), {"gm-organisation-unknown", "there is no such organisation"});
  });
}

Status IdentityDatabase::require_second_factor(int64_t id, bool required, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  return audited(entry, [&] {
    Statement update(db_, "UPDATE organisations SET require_second_factor = ? WHERE id = ?");
    return change_one(update.bind(int64_t{required}).bind(id),
                      {"gm-organisation-unknown", "there is no such organisation"});
  });
}

Result<std::vector<OwnedProject>> IdentityDatabase::owned_projects() {
  const std::lock_guard lock(mutex_);
  Statement select(db_,
                   "SELECT id, name, time_zone, currency, created_ms, organisation, CASE game WHEN 0 THEN id ELSE game "
                   "END, environment FROM projects ORDER BY id");
  return all_rows<OwnedProject>(select, read_project);
}

Result<OwnedProject> IdentityDatabase::create_owned_project(OwnedProject wanted, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  store::Project& project = wanted.project;
  project.created_ms = entry.at_ms;
  const auto done = audited(entry, [&]() -> Status {
    Statement same(db_, "SELECT 1 FROM projects WHERE ?1 <> 0 AND (game = ?1 OR id = ?1) AND environment = ?2");
    same.bind(int64_t{wanted.game}).bind(wanted.environment);
    const auto there = same.step();
    if (!there) return there.error();
    if (*there) return Error{"gm-environment-exists", "the game has an environment of this name"};
    Statement insert(db_,
                     "INSERT INTO projects(name, time_zone, currency, created_ms, organisation, game, environment) "
                     "VALUES (?, ?, ?, ?, ?, ?, ?)");
    insert.bind(project.name).bind(project.time_zone).bind(project.currency).bind(project.created_ms);
    insert.bind(wanted.organisation).bind(int64_t{wanted.game}).bind(wanted.environment);
    const auto inserted = run(insert);
    project.id = ProjectId::from_stored(static_cast<uint32_t>(last_id()));
    return inserted;
  });
  if (!done) return done.error();
  if (wanted.game == 0) wanted.game = project.id.value();
  return wanted;
}

Status IdentityDatabase::rename_project(ProjectId project, std::string_view name, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  return audited(entry, [&] {
    Statement update(db_, "UPDATE projects SET name = ? WHERE id = ?");
    return change_one(update.bind(name).bind(int64_t{project.value()}),
                      {"gm-project-unknown", "there is no such project"});
  });
}

Status IdentityDatabase::insert_key(ProjectId project, security::KeyKind kind, const security::NewKey& key,
                                    const std::vector<std::string>& origins, int64_t at_ms) {
  Statement insert(
      db_, "INSERT INTO keys(project, kind, hash, prefix, created_ms, secret, origins) VALUES (?, ?, ?, ?, ?, ?, ?)");
  insert.bind(int64_t{project.value()}).bind(static_cast<int64_t>(kind)).bind_blob(key.hash).bind(key.prefix);
  return run(insert.bind(at_ms).bind(key.secret).bind(joined(origins)));
}

Result<store::Key> IdentityDatabase::add_key(ProjectId project, security::KeyKind kind, const security::NewKey& key,
                                             const std::vector<std::string>& origins, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  int64_t id = 0;
  const auto done = audited(entry, [&] {
    const auto inserted = insert_key(project, kind, key, origins, entry.at_ms);
    id = last_id();
    return inserted;
  });
  if (!done) return done.error();
  return store::Key{id, project, kind, key.hash, key.prefix, entry.at_ms, {}, key.secret, origins};
}

Status IdentityDatabase::change_key_origins(int64_t id, const std::vector<std::string>& origins, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  return audited(entry, [&] {
    Statement update(db_, "UPDATE keys SET origins = ? WHERE id = ?");
    return change_one(update.bind(joined(origins)).bind(id), no_key(id));
  });
}

Result<store::Key> IdentityDatabase::rotate_key(const store::Key& old, int64_t end_ms, const security::NewKey& key,
                                                AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  int64_t id = 0;
  const auto done = audited(entry, [&]() -> Status {
    Statement expire(db_, "UPDATE keys SET revoked_ms = ? WHERE id = ? AND revoked_ms IS NULL");
    if (auto one = change_one(expire.bind(end_ms).bind(old.id), no_key(old.id)); !one) return one;
    const auto inserted = insert_key(old.project, old.kind, key, old.origins, entry.at_ms);
    id = last_id();
    return inserted;
  });
  if (!done) return done.error();
  return store::Key{id, old.project, old.kind, key.hash, key.prefix, entry.at_ms, {}, key.secret, old.origins};
}

Status IdentityDatabase::end_key(int64_t id, AuditEntry entry) {
  const std::lock_guard lock(mutex_);
  return audited(entry, [&] {
    Statement update(db_, "UPDATE keys SET revoked_ms = ?1 WHERE id = ?2 AND coalesce(revoked_ms > ?1, 1)");
    return change_one(update.bind(entry.at_ms).bind(id), no_key(id));
  });
}

}  // namespace gm::sqlite
