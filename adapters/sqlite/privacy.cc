#include "adapters/sqlite/privacy.h"

#include <functional>
#include <mutex>

#include "adapters/sqlite/statement.h"

namespace gm::sqlite {
namespace {

constexpr int64_t kSchemaVersion = 1;
constexpr int kBusyTimeoutMs = 5000;

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

constexpr const char* kColumns =
    "SELECT id, project, kind, state, player, ids_found, received_ms, due_ms, finished_ms, key, trouble FROM requests ";

class SqlitePrivacy final : public store::PrivacyStore {
 public:
  explicit SqlitePrivacy(sqlite3* db) : db_(db) {}
  ~SqlitePrivacy() override { sqlite3_close(db_); }

  Status prepare(Random& random);
  Result<std::string> erasure_key() override;
  Result<std::vector<store::ErasedId>> erased() override;
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

 private:
  Status execute(const char* sql);
  Status in_one_step(const std::function<Status()>& change);
  Status make(Random& random);
  Result<std::vector<store::PrivacyRequest>> read(Statement& select);
  Status read_ids(store::PrivacyRequest& request);

  std::mutex mutex_;
  sqlite3* db_;
};

Status done(Statement& statement) {
  const auto stepped = statement.step();
  return stepped ? Status() : Status(stepped.error());
}

Status SqlitePrivacy::execute(const char* sql) {
  if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return unavailable(db_, "privacy requests");
  return {};
}

Status SqlitePrivacy::in_one_step(const std::function<Status()>& change) {
  if (auto begun = execute("BEGIN IMMEDIATE"); !begun) return begun;
  if (auto changed = change(); !changed) {
    (void)execute("ROLLBACK");
    return changed;
  }
  return execute("COMMIT");
}

Status SqlitePrivacy::prepare(Random& random) {
  sqlite3_busy_timeout(db_, kBusyTimeoutMs);
  if (auto set = execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"); !set)
    return set;
  return in_one_step([&] { return make(random); });
}

Status SqlitePrivacy::make(Random& random) {
  Statement version(db_, "PRAGMA user_version");
  if (auto row = version.step(); !row) return row.error();
  const int64_t found = version.integer(0);
  if (found > kSchemaVersion)
    return Error{"gm-metadata-too-new", "the privacy requests were written by a newer gamemetrics; run that version"};
  if (found == kSchemaVersion) return {};
  if (auto made = execute(kSchema); !made) return made;
  Statement insert(db_, "INSERT INTO erasure_key VALUES (?)");
  return done(insert.bind_blob(security::make_erasure_key(random)));
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
  std::vector<store::ErasedId> found;
  for (;;) {
    const auto row = select.step();
    if (!row) return row.error();
    if (!*row) return found;
    found.push_back({ProjectId::from_stored(static_cast<uint32_t>(select.integer(0))),
                     {select.text(1), static_cast<uint16_t>(select.integer(2))}});
  }
}

Status SqlitePrivacy::add(const store::PrivacyRequest& request) {
  const std::lock_guard lock(mutex_);
  Statement insert(db_, "INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(request.id).bind(int64_t{request.project.value()}).bind(static_cast<int64_t>(request.kind));
  insert.bind(static_cast<int64_t>(request.state)).bind(request.player).bind(request.ids_found);
  insert.bind(request.received_ms).bind(request.due_ms).bind(request.finished_ms).bind(request.key);
  return done(insert.bind(request.trouble));
}

Status SqlitePrivacy::read_ids(store::PrivacyRequest& request) {
  Statement select(db_, "SELECT id FROM request_ids WHERE request = ? ORDER BY rowid");
  select.bind(request.id);
  for (;;) {
    const auto row = select.step();
    if (!row) return row.error();
    if (!*row) return {};
    request.ids.push_back(select.text(0));
  }
}

Result<std::vector<store::PrivacyRequest>> SqlitePrivacy::read(Statement& select) {
  std::vector<store::PrivacyRequest> found;
  for (;;) {
    const auto row = select.step();
    if (!row) return row.error();
    if (!*row) return found;
    store::PrivacyRequest request;
    request.id = select.text(0);
    request.project = ProjectId::from_stored(static_cast<uint32_t>(select.integer(1)));
    request.kind = static_cast<store::PrivacyKind>(select.integer(2));
    request.state = static_cast<store::PrivacyState>(select.integer(3));
    request.player = select.text(4);
    request.ids_found = select.integer(5);
    request.received_ms = select.integer(6);
    request.due_ms = select.integer(7);
    request.finished_ms = select.integer(8);
    request.key = select.integer(9);
    request.trouble = select.text(10);
    if (auto read = read_ids(request); !read) return read.error();
    found.push_back(std::move(request));
  }
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
  select.bind(id);
  std::vector<store::PrivacyPlace> found;
  for (;;) {
    const auto row = select.step();
    if (!row) return row.error();
    if (!*row) return found;
    found.push_back({select.text(0), select.integer(1), select.integer(2)});
  }
}

Status SqlitePrivacy::note_ids(const store::PrivacyRequest& request, const std::vector<security::ErasedMark>& marks,
                               int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  return in_one_step([&]() -> Status {
    Statement update(db_, "UPDATE requests SET state = ?, ids_found = ?, trouble = '' WHERE id = ?");
    update.bind(static_cast<int64_t>(store::PrivacyState::running)).bind(static_cast<int64_t>(request.ids.size()));
    if (auto updated = done(update.bind(request.id)); !updated) return updated;
    for (const std::string& id : request.ids) {
      Statement insert(db_, "INSERT INTO request_ids VALUES (?, ?)");
      if (auto inserted = done(insert.bind(request.id).bind(id)); !inserted) return inserted;
    }
    for (const security::ErasedMark& mark : marks) {
      Statement insert(db_, "INSERT OR IGNORE INTO erased VALUES (?, ?, ?, ?)");
      insert.bind(int64_t{request.project.value()}).bind_blob(mark.hash).bind(int64_t{mark.tag});
      if (auto inserted = done(insert.bind(now_ms)); !inserted) return inserted;
    }
    return {};
  });
}

Status SqlitePrivacy::note_place(std::string_view id, const store::PrivacyPlace& place) {
  const std::lock_guard lock(mutex_);
  return in_one_step([&]() -> Status {
    Statement insert(db_, "INSERT OR REPLACE INTO request_places VALUES (?, ?, ?, ?)");
    insert.bind(id).bind(place.place).bind(place.items);
    if (auto inserted = done(insert.bind(place.finished_ms)); !inserted) return inserted;
    Statement update(db_, "UPDATE requests SET trouble = '' WHERE id = ?");
    return done(update.bind(id));
  });
}

Status SqlitePrivacy::note_trouble(std::string_view id, std::string_view trouble) {
  const std::lock_guard lock(mutex_);
  Statement update(db_, "UPDATE requests SET trouble = ? WHERE id = ?");
  return done(update.bind(trouble).bind(id));
}

// secure_delete writes zeros over what is deleted; VACUUM leaves no page behind that a moved row once stood on, and the
// checkpoint empties the log that has seen all of it. The plain text goes last: what is cut off before is done again.
Status SqlitePrivacy::finish(const store::PrivacyRequest& request, int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  const bool forgets = request.kind == store::PrivacyKind::erase;
  if (forgets) {
    Statement forget(db_, "DELETE FROM request_ids WHERE request = ?");
    if (auto forgotten = done(forget.bind(request.id)); !forgotten) return forgotten;
    Statement blank(db_, "UPDATE requests SET player = '' WHERE id = ?");
    if (auto blanked = done(blank.bind(request.id)); !blanked) return blanked;
    if (auto cleaned = execute("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)"); !cleaned) return cleaned;
  }
  Statement update(db_, "UPDATE requests SET state = ?, finished_ms = ?, trouble = '' WHERE id = ?");
  return done(update.bind(static_cast<int64_t>(store::PrivacyState::done)).bind(now_ms).bind(request.id));
}

}  // namespace

Status copy_database(const std::string& from, const std::string& to) {
  sqlite3* db = nullptr;
  const bool opened =
      sqlite3_open_v2(from.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) == SQLITE_OK;
  Status copied = unavailable(db, "cannot open " + from);
  if (opened) {
    sqlite3_busy_timeout(db, kBusyTimeoutMs);
    Statement copy(db, "VACUUM INTO ?");
    copied = done(copy.bind(to));
  }
  sqlite3_close(db);
  return copied;
}

Result<std::unique_ptr<store::PrivacyStore>> open_privacy(const std::string& path, Random& random) {
  sqlite3* db = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const bool opened = sqlite3_open_v2(path.c_str(), &db, flags, nullptr) == SQLITE_OK;
  auto privacy = std::make_unique<SqlitePrivacy>(db);  // closes the handle on every path
  if (!opened) return unavailable(db, "cannot open " + path);
  if (auto prepared = privacy->prepare(random); !prepared) return prepared.error();
  return std::unique_ptr<store::PrivacyStore>(std::move(privacy));
}

}  // namespace gm::sqlite
