#include "adapters/sqlite/privacy.h"

#include "adapters/sqlite/database.h"
#include "adapters/sqlite/rows.h"

namespace gm::sqlite {
namespace {

constexpr const char* kSchema = R"sql(
CREATE TABLE erasure_key(key BLOB NOT NULL) STRICT;
CREATE TABLE erased(project INTEGER NOT NULL, hash BLOB NOT NULL, tag INTEGER NOT NULL, erased_ms INTEGER NOT NULL,
  PRIMARY KEY(project, hash)) STRICT, WITHOUT ROWID;
CREATE TABLE requests(
  id TEXT PRIMARY KEY, project INTEGER NOT NULL, kind INTEGER NOT NULL, state INTEGER NOT NULL, player TEXT NOT NULL,
  ids_found INTEGER NOT NULL, received_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL, finished_ms INTEGER NOT NULL,
  key INTEGER NOT NULL, trouble TEXT NOT NULL) STRICT;
CREATE TABLE request_ids(request TEXT NOT NULL, id TEXT NOT NULL) STRICT;
CREATE TABLE request_places(request TEXT NOT NULL, place TEXT NOT NULL, items INTEGER NOT NULL,
  finished_ms INTEGER NOT NULL, PRIMARY KEY(request, place)) STRICT;
PRAGMA user_version = 1;
)sql";
// Two: the files of exports. expires_ms 0: there is none.
constexpr const char* kFiles = R"sql(
ALTER TABLE requests ADD COLUMN file_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE requests ADD COLUMN file_sha256 TEXT NOT NULL DEFAULT '';
ALTER TABLE requests ADD COLUMN expires_ms INTEGER NOT NULL DEFAULT 0;
PRAGMA user_version = 2;
)sql";
// Three: who is kept out without being erased, by the request that says so; and what is put right.
constexpr const char* kKeptOut = R"sql(
CREATE TABLE kept_out(request TEXT NOT NULL, project INTEGER NOT NULL, hash BLOB NOT NULL, tag INTEGER NOT NULL,
  kind INTEGER NOT NULL, PRIMARY KEY(request, hash)) STRICT, WITHOUT ROWID;
ALTER TABLE requests ADD COLUMN correction TEXT NOT NULL DEFAULT '';
PRAGMA user_version = 3;
)sql";
constexpr const char* kMigrations[] = {kSchema, kFiles, kKeptOut};
constinit const Schema kPrivacySchema = {kMigrations, "privacy requests", "PRAGMA secure_delete=ON;"};

constexpr const char* kColumns =
    "SELECT id, project, kind, state, player, ids_found, received_ms, due_ms, finished_ms, key, trouble, file_bytes, "
    "file_sha256, expires_ms, correction FROM requests ";

store::PrivacyRequest read_request(const Statement& row) {
  store::PrivacyRequest request;
  request.id = row.text(0);
  request.project = ProjectId::from_stored(static_cast<uint32_t>(row.integer(1)));
  request.kind = static_cast<store::PrivacyKind>(row.integer(2));
  request.state = static_cast<store::PrivacyState>(row.integer(3));
  request.player = row.text(4);
  request.ids_found = row.integer(5);
  request.received_ms = row.integer(6);
  request.due_ms = row.integer(7);
  request.finished_ms = row.integer(8);
  request.key = row.integer(9);
  request.trouble = row.text(10);
  if (row.integer(13) != 0) request.file = {static_cast<uint64_t>(row.integer(11)), row.text(12), row.integer(13)};
  request.correction = row.text(14);
  return request;
}

class SqlitePrivacy final : private Database, public store::PrivacyStore {
 public:
  SqlitePrivacy(sqlite3* db, Random& random) : Database(db, kPrivacySchema), random_(random) {}

  Status prepare();
  Result<std::string> erasure_key() override;
  Result<std::vector<store::ErasedId>> erased() override;
  Result<std::vector<store::KeptOutId>> kept_out() override;
  Status add(const store::PrivacyRequest& request) override;
  Result<std::vector<store::PrivacyRequest>> requests(ProjectId project, int64_t most) override;
  Result<std::optional<store::PrivacyRequest>> find(ProjectId project, std::string_view id) override;
  Result<std::vector<store::PrivacyRequest>> open_requests() override;
  Result<std::vector<store::PrivacyPlace>> places(std::string_view id) override;
  Status note_ids(const store::PrivacyRequest& request, const std::vector<security::ErasedMark>& marks,
                  int64_t now_ms) override;
  Status note_place(std::string_view id, const store::PrivacyPlace& place) override;
  Status note_trouble(std::string_view id, std::string_view trouble) override;
  Status finish(const store::PrivacyRequest& request, int64_t now_ms) override;
  Status note_file(std::string_view id, const store::PrivacyFile& file) override;
  Result<std::vector<store::PrivacyRequest>> remembered() override;
  Status forget(std::string_view id) override;

 private:
  Status forget_words(std::string_view id);
  Status note_mark(const store::PrivacyRequest& request, const security::ErasedMark& mark, int64_t now_ms);
  Result<std::vector<store::PrivacyRequest>> read(Statement& select);
  Status read_ids(store::PrivacyRequest& request);

  Random& random_;
};

// The key is made with the file, by whichever process opens it first.
Status SqlitePrivacy::prepare() {
  if (auto prepared = Database::prepare(); !prepared) return prepared;
  const std::lock_guard lock(mutex_);
  Statement insert(db_, "INSERT INTO erasure_key SELECT ? WHERE NOT EXISTS (SELECT 1 FROM erasure_key)");
  return run(insert.bind_blob(security::make_erasure_key(random_)));
}

Result<std::string> SqlitePrivacy::erasure_key() {
  const std::lock_guard lock(mutex_);
  Statement select(db_, "SELECT key FROM erasure_key");
  if (auto row = select.step(); !row) return row.error();
  return select.text(0);
}

Result<std::vector<store::ErasedId>> SqlitePrivacy::erased() {
  const std::lock_guard lock(mutex_);
  Statement select(db_, "SELECT project, hash, tag FROM erased");
  return all_rows<store::ErasedId>(select, [](const Statement& row) {
    return store::ErasedId{ProjectId::from_stored(static_cast<uint32_t>(row.integer(0))),
                           {row.text(1), static_cast<uint16_t>(row.integer(2))}};
  });
}

Result<std::vector<store::KeptOutId>> SqlitePrivacy::kept_out() {
  const std::lock_guard lock(mutex_);
  Statement select(db_, "SELECT project, hash, tag, kind FROM kept_out");
  return all_rows<store::KeptOutId>(select, [](const Statement& row) {
    return store::KeptOutId{ProjectId::from_stored(static_cast<uint32_t>(row.integer(0))),
                            {row.text(1), static_cast<uint16_t>(row.integer(2))},
                            static_cast<store::PrivacyKind>(row.integer(3))};
  });
}

Status SqlitePrivacy::note_mark(const store::PrivacyRequest& request, const security::ErasedMark& mark,
                                int64_t now_ms) {
  if (request.kind == store::PrivacyKind::erase) {
    Statement insert(db_, "INSERT OR IGNORE INTO erased VALUES (?, ?, ?, ?)");
    insert.bind(int64_t{request.project.value()}).bind_blob(mark.hash).bind(int64_t{mark.tag});
    return run(insert.bind(now_ms));
  }
  Statement insert(db_, "INSERT OR IGNORE INTO kept_out VALUES (?, ?, ?, ?, ?)");
  insert.bind(request.id).bind(int64_t{request.project.value()}).bind_blob(mark.hash).bind(int64_t{mark.tag});
  return run(insert.bind(static_cast<int64_t>(request.kind)));
}

Status SqlitePrivacy::add(const store::PrivacyRequest& request) {
  const std::lock_guard lock(mutex_);
  Statement insert(
      db_,
      "INSERT INTO requests(id, project, kind, state, player, ids_found, received_ms, due_ms, finished_ms, "
      "key, trouble, correction) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(request.id).bind(int64_t{request.project.value()}).bind(static_cast<int64_t>(request.kind));
  insert.bind(static_cast<int64_t>(request.state)).bind(request.player).bind(request.ids_found);
  insert.bind(request.received_ms).bind(request.due_ms).bind(request.finished_ms).bind(request.key);
  return run(insert.bind(request.trouble).bind(request.correction));
}

Status SqlitePrivacy::read_ids(store::PrivacyRequest& request) {
  Statement select(db_, "SELECT id FROM request_ids WHERE request = ? ORDER BY rowid");
  auto ids = all_rows<std::string>(select.bind(request.id), [](const Statement& row) { return row.text(0); });
  if (!ids) return ids.error();
  request.ids = std::move(*ids);
  return {};
}

Result<std::vector<store::PrivacyRequest>> SqlitePrivacy::read(Statement& select) {
  auto found = all_rows<store::PrivacyRequest>(select, read_request);
  if (!found) return found;
  for (store::PrivacyRequest& request : *found) {
    if (auto read = read_ids(request); !read) return read.error();
  }
  return found;
}

Result<std::vector<store::PrivacyRequest>> SqlitePrivacy::requests(ProjectId project, int64_t most) {
  const std::lock_guard lock(mutex_);
  const std::string sql = std::string(kColumns) + "WHERE project = ? ORDER BY received_ms DESC, id DESC LIMIT ?";
  Statement select(db_, sql.c_str());
  select.bind(int64_t{project.value()}).bind(most);
  return read(select);
}

Result<std::optional<store::PrivacyRequest>> SqlitePrivacy::find(ProjectId project, std::string_view id) {
  const std::lock_guard lock(mutex_);
  const std::string sql = std::string(kColumns) + "WHERE project = ? AND id = ?";
  Statement select(db_, sql.c_str());
  select.bind(int64_t{project.value()}).bind(id);
  auto found = read(select);
  if (!found) return found.error();
  return found->empty() ? std::optional<store::PrivacyRequest>() : std::optional(std::move(found->front()));
}

Result<std::vector<store::PrivacyRequest>> SqlitePrivacy::open_requests() {
  const std::lock_guard lock(mutex_);
  const std::string sql = std::string(kColumns) + "WHERE state <> ? ORDER BY received_ms, id";
  Statement select(db_, sql.c_str());
  select.bind(static_cast<int64_t>(store::PrivacyState::done));
  return read(select);
}

Result<std::vector<store::PrivacyPlace>> SqlitePrivacy::places(std::string_view id) {
  const std::lock_guard lock(mutex_);
  Statement select(db_, "SELECT place, items, finished_ms FROM request_places WHERE request = ? ORDER BY finished_ms");
  return all_rows<store::PrivacyPlace>(select.bind(id), [](const Statement& row) {
    return store::PrivacyPlace{row.text(0), row.integer(1), row.integer(2)};
  });
}

Status SqlitePrivacy::note_ids(const store::PrivacyRequest& request, const std::vector<security::ErasedMark>& marks,
                               int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  return in_one_step([&]() -> Status {
    Statement update(db_, "UPDATE requests SET state = ?, ids_found = ?, trouble = '' WHERE id = ?");
    update.bind(static_cast<int64_t>(store::PrivacyState::running)).bind(static_cast<int64_t>(request.ids.size()));
    if (auto updated = run(update.bind(request.id)); !updated) return updated;
    for (const std::string& id : request.ids) {
      Statement insert(db_, "INSERT INTO request_ids VALUES (?, ?)");
      if (auto inserted = run(insert.bind(request.id).bind(id)); !inserted) return inserted;
    }
    for (const security::ErasedMark& mark : marks) {
      if (auto noted = note_mark(request, mark, now_ms); !noted) return noted;
    }
    return {};
  });
}

Status SqlitePrivacy::note_place(std::string_view id, const store::PrivacyPlace& place) {
  const std::lock_guard lock(mutex_);
  return in_one_step([&]() -> Status {
    Statement insert(db_, "INSERT OR REPLACE INTO request_places VALUES (?, ?, ?, ?)");
    insert.bind(id).bind(place.place).bind(place.items);
    if (auto inserted = run(insert.bind(place.finished_ms)); !inserted) return inserted;
    Statement update(db_, "UPDATE requests SET trouble = '' WHERE id = ?");
    return run(update.bind(id));
  });
}

Status SqlitePrivacy::note_trouble(std::string_view id, std::string_view trouble) {
  const std::lock_guard lock(mutex_);
  Statement update(db_, "UPDATE requests SET trouble = ? WHERE id = ?");
  return run(update.bind(trouble).bind(id));
}

// secure_delete writes zeros over what is deleted; VACUUM leaves no page behind that a moved row once stood on, and the
// checkpoint empties the log that has seen all of it.
Status SqlitePrivacy::forget_words(std::string_view id) {
  Statement forget(db_, "DELETE FROM request_ids WHERE request = ?");
  if (auto forgotten = run(forget.bind(id)); !forgotten) return forgotten;
  Statement blank(db_, "UPDATE requests SET player = '', correction = '' WHERE id = ?");
  if (auto blanked = run(blank.bind(id)); !blanked) return blanked;
  return execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
}

// The plain text goes before the request is done: what is cut off in between is done again.
Status SqlitePrivacy::finish(const store::PrivacyRequest& request, int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  using enum store::PrivacyKind;
  const bool remembers = request.kind == data_export || request.kind == restriction || request.kind == objection;
  if (!remembers) {
    if (auto forgotten = forget_words(request.id); !forgotten) return forgotten;
  }
  Statement update(db_, "UPDATE requests SET state = ?, finished_ms = ?, trouble = '' WHERE id = ?");
  return run(update.bind(static_cast<int64_t>(store::PrivacyState::done)).bind(now_ms).bind(request.id));
}

Status SqlitePrivacy::note_file(std::string_view id, const store::PrivacyFile& file) {
  const std::lock_guard lock(mutex_);
  Statement update(db_, "UPDATE requests SET file_bytes = ?, file_sha256 = ?, expires_ms = ? WHERE id = ?");
  update.bind(static_cast<int64_t>(file.bytes)).bind(file.sha256).bind(file.expires_ms);
  return run(update.bind(id));
}

Result<std::vector<store::PrivacyRequest>> SqlitePrivacy::remembered() {
  const std::lock_guard lock(mutex_);
  const std::string sql = std::string(kColumns) + "WHERE player <> '' AND state = ? ORDER BY received_ms, id";
  Statement select(db_, sql.c_str());
  select.bind(static_cast<int64_t>(store::PrivacyState::done));
  return read(select);
}

Status SqlitePrivacy::forget(std::string_view id) {
  const std::lock_guard lock(mutex_);
  Statement lift(db_, "DELETE FROM kept_out WHERE request = ?");
  if (auto lifted = run(lift.bind(id)); !lifted) return lifted;
  if (auto forgotten = forget_words(id); !forgotten) return forgotten;
  Statement update(db_, "UPDATE requests SET file_bytes = 0, file_sha256 = '', expires_ms = 0 WHERE id = ?");
  return run(update.bind(id));
}

}  // namespace

Result<std::unique_ptr<store::PrivacyStore>> open_privacy(const std::string& path, Random& random) {
  auto opened = open_database<SqlitePrivacy>(path, random);
  if (!opened) return opened.error();
  return std::unique_ptr<store::PrivacyStore>(std::move(*opened));
}

}  // namespace gm::sqlite
