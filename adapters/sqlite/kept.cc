#include "adapters/sqlite/kept.h"

#include "adapters/sqlite/database.h"
#include "adapters/sqlite/rows.h"

namespace gm::sqlite {
namespace {

constexpr const char* kSchema = R"sql(
CREATE TABLE kept(
  number INTEGER PRIMARY KEY AUTOINCREMENT, project INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
  body TEXT NOT NULL, changed_ms INTEGER NOT NULL, changed_by TEXT NOT NULL, UNIQUE(project, kind, id)) STRICT;
PRAGMA user_version = 1;
)sql";
constexpr const char* kMigrations[] = {kSchema};
constinit const Schema kKeptSchema = {kMigrations, "notes, segments and boards", ""};

class SqliteKept final : private Database, public store::KeptStore {
 public:
  explicit SqliteKept(sqlite3* db) : Database(db, kKeptSchema) {}
  using Database::prepare;

  Result<std::vector<store::KeptItem>> kept(ProjectId project, std::string_view kind) override;
  Status keep(ProjectId project, std::string_view kind, const store::KeptItem& item, int64_t most) override;
  Status forget(ProjectId project, std::string_view kind, std::string_view id) override;

 private:
  Result<int64_t> others(ProjectId project, std::string_view kind, std::string_view id);
};

Result<std::vector<store::KeptItem>> SqliteKept::kept(ProjectId project, std::string_view kind) {
  const std::lock_guard lock(mutex_);
  Statement select(db_,
                   "SELECT id, body, changed_ms, changed_by FROM kept WHERE project = ? AND kind = ? ORDER BY number");
  select.bind(int64_t{project.value()}).bind(kind);
  return all_rows<store::KeptItem>(select, [](const Statement& row) {
    return store::KeptItem{row.text(0), row.text(1), row.integer(2), row.text(3)};
  });
}

Result<int64_t> SqliteKept::others(ProjectId project, std::string_view kind, std::string_view id) {
  Statement count(db_, "SELECT count(*) FROM kept WHERE project = ? AND kind = ? AND id <> ?");
  count.bind(int64_t{project.value()}).bind(kind).bind(id);
  if (const auto row = count.step(); !row) return row.error();
  return count.integer(0);
}

Status SqliteKept::keep(ProjectId project, std::string_view kind, const store::KeptItem& item, int64_t most) {
  const std::lock_guard lock(mutex_);
  return in_one_step([&]() -> Status {
    const auto there = others(project, kind, item.id);
    if (!there) return there.error();
    if (*there >= most)
      return Error{"gm-kept-full", "the project keeps as many of this kind as kept.items_max allows (" +
                                       std::to_string(most) + "); forget one first"};
    Statement upsert(db_,
                     "INSERT INTO kept(project, kind, id, body, changed_ms, changed_by) VALUES (?, ?, ?, ?, ?, ?) ON "
                     "CONFLICT(project, kind, id) DO UPDATE SET body = excluded.body, changed_ms = "
                     "excluded.changed_ms, changed_by = excluded.changed_by");
    upsert.bind(int64_t{project.value()}).bind(kind).bind(item.id).bind(item.body).bind(item.changed_ms);
    return run(upsert.bind(item.changed_by));
  });
}

Status SqliteKept::forget(ProjectId project, std::string_view kind, std::string_view id) {
  const std::lock_guard lock(mutex_);
  Statement remove(db_, "DELETE FROM kept WHERE project = ? AND kind = ? AND id = ?");
  if (auto done = run(remove.bind(int64_t{project.value()}).bind(kind).bind(id)); !done) return done;
  if (sqlite3_changes(db_) > 0) return {};
  return Error{"gm-kept-unknown", "nothing of this kind is kept by that id"};
}

}  // namespace

Result<std::unique_ptr<store::KeptStore>> open_kept(const std::string& path) {
  auto opened = open_database<SqliteKept>(path);
  if (!opened) return opened.error();
  return std::unique_ptr<store::KeptStore>(std::move(*opened));
}

}  // namespace gm::sqlite
