#include "adapters/sqlite/metadata.h"

#include <mutex>

#include "adapters/sqlite/metadata_schema.h"
#include "adapters/sqlite/statement.h"
#include "adapters/sqlite/word_list.h"

namespace gm::sqlite {
namespace {

class SqliteMetadata final : private Database,
                             public store::MetadataStore,
                             public store::ProjectChanges,
                             public store::SchemaDeclarations {
 public:
  explicit SqliteMetadata(sqlite3* db) : Database(db, kMetadataSchema) {}
  using Database::prepare;

  Result<store::Project> create_project(std::string_view name, std::string_view time_zone, std::string_view currency,
                                        int64_t now_ms) override;
  Result<std::vector<store::Project>> projects() override;
  Result<store::Key> create_key(ProjectId project, security::KeyKind kind, const security::NewKey& key,
                                int64_t now_ms) override;
  Result<std::vector<store::Key>> keys() override;
  Status set_project(ProjectId project, std::string_view time_zone, std::string_view currency) override;
  Result<std::vector<event::Rate>> rates(std::string_view base) override;
  Status keep_rates(std::string_view base, std::span<const event::Rate> rates, bool counted_anew) override;
  Result<int64_t> rates_revision() override;
  Result<bool> new_store_waits() override;
  Status new_store_taken() override;
  Result<std::vector<store::DeclaredProperty>> declared(ProjectId project) override;
  Status declare(ProjectId project, std::span<const store::DeclaredProperty> properties, size_t most) override;
  Result<int64_t> forget(ProjectId project, std::string_view event,
                         const std::optional<std::string>& property) override;
  Status set_key_origins(int64_t id, const std::vector<std::string>& origins) override;
  Status revoke_key(int64_t id, int64_t now_ms) override;

 private:
  // Error gm-key-unknown when the last statement found none.
  Status changed_key(int64_t id);
};

Result<store::Project> SqliteMetadata::create_project(std::string_view name, std::string_view time_zone,
                                                      std::string_view currency, int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  Statement insert(db_, "INSERT INTO projects(name, time_zone, currency, created_ms) VALUES (?, ?, ?, ?)");
  if (auto done = insert.bind(name).bind(time_zone).bind(currency).bind(now_ms).step(); !done) return done.error();
  const auto id = ProjectId::from_stored(static_cast<uint32_t>(sqlite3_last_insert_rowid(db_)));
  return store::Project{id, std::string(name), std::string(time_zone), std::string(currency), now_ms};
}

Result<std::vector<store::Project>> SqliteMetadata::projects() {
  const std::lock_guard lock(mutex_);
  Statement select(db_, "SELECT id, name, time_zone, currency, created_ms FROM projects ORDER BY id");
  std::vector<store::Project> found;
  for (;;) {
    auto row = select.step();
    if (!row) return row.error();
    if (!*row) return found;
    found.push_back({ProjectId::from_stored(static_cast<uint32_t>(select.integer(0))), select.text(1), select.text(2),
                     select.text(3), select.integer(4)});
  }
}

Result<store::Key> SqliteMetadata::create_key(ProjectId project, security::KeyKind kind, const security::NewKey& key,
                                              int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  Statement insert(db_, "INSERT INTO keys(project, kind, hash, prefix, created_ms, secret) VALUES (?, ?, ?, ?, ?, ?)");
  insert.bind(int64_t{project.value()}).bind(static_cast<int64_t>(kind)).bind_blob(key.hash).bind(key.prefix);
  if (auto done = insert.bind(now_ms).bind(key.secret).step(); !done) return done.error();
  return store::Key{sqlite3_last_insert_rowid(db_), project, kind, key.hash, key.prefix, now_ms, {}, key.secret, {}};
}

Result<std::vector<store::Key>> SqliteMetadata::keys() {
  const std::lock_guard lock(mutex_);
  Statement select(
      db_, "SELECT id, project, kind, hash, prefix, created_ms, revoked_ms, secret, origins FROM keys ORDER BY id");
  std::vector<store::Key> found;
  for (;;) {
    auto row = select.step();
    if (!row) return row.error();
    if (!*row) return found;
    store::Key key{select.integer(0),
                   ProjectId::from_stored(static_cast<uint32_t>(select.integer(1))),
                   static_cast<security::KeyKind>(select.integer(2)),
                   select.text(3),
                   select.text(4),
                   select.integer(5),
                   {},
                   select.text(7),
                   split(select.text(8))};
    key.revoked_ms = select.optional_integer(6);
    found.push_back(std::move(key));
  }
}

Status SqliteMetadata::set_project(ProjectId project, std::string_view time_zone, std::string_view currency) {
  const std::lock_guard lock(mutex_);
  return in_one_step([&]() -> Status {
    Statement update(db_, "UPDATE projects SET time_zone = ?, currency = ? WHERE id = ?");
    if (auto done = update.bind(time_zone).bind(currency).bind(int64_t{project.value()}).step(); !done)
      return done.error();
    if (sqlite3_changes(db_) == 0)
      return Error{"gm-project-unknown", "there is no project " + std::to_string(project.value())};
    return execute("UPDATE new_store SET waits = 1");
  });
}

Result<std::vector<event::Rate>> SqliteMetadata::rates(std::string_view base) {
  const std::lock_guard lock(mutex_);
  Statement select(db_, "SELECT currency, day, billionths FROM rates WHERE base = ? ORDER BY currency, day");
  select.bind(base);
  std::vector<event::Rate> found;
  for (;;) {
    auto row = select.step();
    if (!row) return row.error();
    if (!*row) return found;
    found.push_back({select.text(0), Date{static_cast<int32_t>(select.integer(1))}, select.integer(2)});
  }
}

Status SqliteMetadata::keep_rates(std::string_view base, std::span<const event::Rate> rates, bool counted_anew) {
  const std::lock_guard lock(mutex_);
  return in_one_step([&]() -> Status {
    for (const event::Rate& rate : rates) {
      Statement insert(db_, "INSERT OR REPLACE INTO rates(base, currency, day, billionths) VALUES (?, ?, ?, ?)");
      insert.bind(base).bind(rate.currency).bind(int64_t{rate.from.days}).bind(rate.billionths);
      if (auto done = insert.step(); !done) return done.error();
    }
    if (auto noted = execute("UPDATE rates_revision SET revision = revision + 1"); !noted) return noted;
    return counted_anew ? execute("UPDATE new_store SET waits = 1") : Status();
  });
}

Result<int64_t> SqliteMetadata::rates_revision() {
  const std::lock_guard lock(mutex_);
  Statement select(db_, "SELECT revision FROM rates_revision");
  if (auto row = select.step(); !row) return row.error();
  return select.integer(0);
}

Result<bool> SqliteMetadata::new_store_waits() {
  const std::lock_guard lock(mutex_);
  Statement select(db_, "SELECT waits FROM new_store");
  if (auto row = select.step(); !row) return row.error();
  return select.integer(0) != 0;
}

Status SqliteMetadata::new_store_taken() {
  const std::lock_guard lock(mutex_);
  return execute("UPDATE new_store SET waits = 0");
}

Result<std::vector<store::DeclaredProperty>> SqliteMetadata::declared(ProjectId project) {
  const std::lock_guard lock(mutex_);
  Statement select(db_,
                   "SELECT event, property, types, origin, declared_ms FROM declared_properties WHERE project = ? "
                   "ORDER BY event, property");
  select.bind(int64_t{project.value()});
  std::vector<store::DeclaredProperty> found;
  for (;;) {
    auto row = select.step();
    if (!row) return row.error();
    if (!*row) return found;
    found.push_back({select.text(0), select.text(1),
                     event::PropertyTypes::from_bits(static_cast<uint8_t>(select.integer(2))),
                     static_cast<store::DeclarationOrigin>(select.integer(3)), select.integer(4)});
  }
}

Status SqliteMetadata::declare(ProjectId project, std::span<const store::DeclaredProperty> properties, size_t most) {
  const std::lock_guard lock(mutex_);
  return in_one_step([&]() -> Status {
    for (const store::DeclaredProperty& one : properties) {
      Statement insert(db_,
                       "INSERT OR REPLACE INTO declared_properties(project, event, property, types, origin, "
                       "declared_ms) VALUES (?, ?, ?, ?, ?, ?)");
      insert.bind(int64_t{project.value()}).bind(one.event).bind(one.property).bind(int64_t{one.types.bits()});
      insert.bind(static_cast<int64_t>(one.origin)).bind(one.declared_ms);
      if (auto done = insert.step(); !done) return done.error();
    }
    Statement count(db_, "SELECT count(*) FROM declared_properties WHERE project = ?");
    count.bind(int64_t{project.value()});
    if (auto row = count.step(); !row) return row.error();
    if (count.integer(0) <= static_cast<int64_t>(most)) return {};
    return Error{"gm-schema-full", "the project has declared all the properties that schema.declarations_max allows (" +
                                       std::to_string(most) + "); forget some"};
  });
}

Result<int64_t> SqliteMetadata::forget(ProjectId project, std::string_view event,
                                       const std::optional<std::string>& property) {
  const std::lock_guard lock(mutex_);
  Statement remove(db_, "DELETE FROM declared_properties WHERE project = ?1 AND event = ?2 AND (?3 OR property = ?4)");
  const std::string name = property.value_or("");
  remove.bind(int64_t{project.value()}).bind(event).bind(int64_t{!property}).bind(name);
  if (auto done = remove.step(); !done) return done.error();
  return sqlite3_changes64(db_);
}

Status SqliteMetadata::set_key_origins(int64_t id, const std::vector<std::string>& origins) {
  const std::lock_guard lock(mutex_);
  Statement update(db_, "UPDATE keys SET origins = ? WHERE id = ?");
  if (auto done = update.bind(joined(origins)).bind(id).step(); !done) return done.error();
  return changed_key(id);
}

Status SqliteMetadata::revoke_key(int64_t id, int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  Statement update(db_, "UPDATE keys SET revoked_ms = min(coalesce(revoked_ms, ?1), ?1) WHERE id = ?2");
  if (auto done = update.bind(now_ms).bind(id).step(); !done) return done.error();
  return changed_key(id);
}

Status SqliteMetadata::changed_key(int64_t id) {
  if (sqlite3_changes(db_) == 0) return Error{"gm-key-unknown", "there is no key with the id " + std::to_string(id)};
  return {};
}

}  // namespace

Result<std::unique_ptr<store::MetadataStore>> open_metadata(const std::string& path) {
  auto opened = open_database<SqliteMetadata>(path);
  if (!opened) return opened.error();
  return std::unique_ptr<store::MetadataStore>(std::move(*opened));
}

Result<std::unique_ptr<store::ProjectChanges>> open_project_changes(const std::string& path) {
  auto opened = open_database<SqliteMetadata>(path);
  if (!opened) return opened.error();
  return std::unique_ptr<store::ProjectChanges>(std::move(*opened));
}

Result<std::unique_ptr<store::SchemaDeclarations>> open_schema_declarations(const std::string& path) {
  auto opened = open_database<SqliteMetadata>(path);
  if (!opened) return opened.error();
  return std::unique_ptr<store::SchemaDeclarations>(std::move(*opened));
}

}  // namespace gm::sqlite
