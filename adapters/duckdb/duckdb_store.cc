#include "adapters/duckdb/duckdb_store.h"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "adapters/duckdb/batch_writer.h"
#include "adapters/duckdb/compaction.h"
#include "adapters/duckdb/connection.h"
#include "adapters/duckdb/player_erasure.h"
#include "adapters/duckdb/project_versions.h"
#include "adapters/duckdb/schema.h"
#include "adapters/duckdb/shape_tables.h"
#include "adapters/duckdb/sql_sandbox.h"
#include "adapters/duckdb/state_reader.h"
#include "adapters/duckdb/statement_runner.h"
#include "adapters/duckdb/watchdog.h"
#include "lib/io/file.h"

namespace gm::duckdb {
namespace {

// DuckDB folds its write-ahead log into the file at this size. Each time it compresses the last, partly filled row
// groups again, so a smaller one costs CPU; a larger one makes the start after a crash slower, which has to read all of
// it before anything is acknowledged. docs/performance.md has both figures.
constexpr const char* kCheckpointAfter = "24MB";
// Of a rewrite: what is copied, and the copy without what was deleted. Both hold players' data.
constexpr const char* kRewriteFrom = ".rewrite-from";
constexpr const char* kRewriteTo = ".rewrite-to";
// How long a rewrite waits for the questions that are being answered, and new ones for it.
constexpr auto kReadersEndAfter = std::chrono::seconds(60);

std::map<std::string, std::string> options_of(const DuckDbSettings& settings) {
  std::map<std::string, std::string> options = {
      {"memory_limit", fmt::format("{}B", settings.memory_bytes_max)},
      {"checkpoint_threshold", kCheckpointAfter},
      // DuckDB's own allocator gives back what a checkpoint or a large query freed only when it has threads for that.
      {"allocator_background_threads", "true"},
      {"autoinstall_known_extensions", "false"},
      {"autoload_known_extensions", "false"},
      {"enable_external_access", "false"},
      {"lock_configuration", "true"},
  };
  if (settings.threads > 0) options["threads"] = std::to_string(settings.threads);
  return options;
}

Result<std::set<UnmergedDay>> read_unmerged(Connection& connection) {
  auto rows = connection.query("SELECT project, date FROM unmerged_days");
  if (!rows) return rows.error();
  std::set<UnmergedDay> days;
  while (const size_t count = rows->next_chunk()) {
    for (size_t i = 0; i < count; ++i) days.insert({rows->get<uint32_t>(0, i), Date{rows->get<int32_t>(1, i)}});
  }
  return days;
}

Status remove_file(const std::string& path) {
  const Status removed = io::PosixFileSystem().remove(path);
  if (removed || removed.error().code == io::kNotFound) return {};
  return Error{"gm-store-unavailable", removed.error().message};
}

}  // namespace

DuckDbSettings DuckDbSettings::from(const config::Settings& settings) {
  return {settings.text("data_dir") + "/store/analytics.duckdb", settings.bytes("store.memory_max"),
          settings.integer("store.threads"), settings.integer("query.rows_max")};
}

struct DuckDbStore::State {
  explicit State(DuckDbSettings chosen) : settings(std::move(chosen)) {}

  // Opens the file and reads what is held of it. Nobody else is here.
  Status open();
  // Until the next open(). Nobody reads.
  void close();

  // Connections are kept for the next query: opening one costs more than most queries that read a rollup.
  Result<std::unique_ptr<Connection>> take_reader() {
    std::unique_lock lock(mutex);
    if (!readers_changed.wait_for(lock, kReadersEndAfter, [this] { return !rewriting; }))
      return Error{"gm-store-unavailable", "the store's file is being replaced; try again"};
    if (!database) return Error{"gm-store-unavailable", "the store is closed; the process has to start again"};
    ++readers;
    if (!idle_readers.empty()) {
      auto reader = std::move(idle_readers.back());
      idle_readers.pop_back();
      return reader;
    }
    auto opened = Connection::open(*database);
    if (opened) return std::make_unique<Connection>(std::move(*opened));
    --readers;
    return opened.error();
  }
  // Null: it is of no more use.
  void give_back(std::unique_ptr<Connection> reader) {
    const std::lock_guard lock(mutex);
    if (reader) idle_readers.push_back(std::move(reader));
    --readers;
    readers_changed.notify_all();
  }
  // True when nobody reads any more, and nobody begins to until end_rewriting().
  bool begin_rewriting() {
    std::unique_lock lock(mutex);
    rewriting = true;
    if (readers_changed.wait_for(lock, kReadersEndAfter, [this] { return readers == 0; })) return true;
    rewriting = false;
    readers_changed.notify_all();
    return false;
  }
  void end_rewriting() {
    const std::lock_guard lock(mutex);
    rewriting = false;
    readers_changed.notify_all();
  }

  const DuckDbSettings settings;
  std::optional<Database> database;
  std::optional<Connection> writer;
  std::optional<StateReader> lookups;
  std::set<UnmergedDay> unmerged;
  ProjectVersions versions;
  store::PlayerKey next_player = 1;
  std::mutex mutex;  // guards what follows
  std::condition_variable readers_changed;
  std::vector<std::unique_ptr<Connection>> idle_readers;
  size_t readers = 0;  // that are in use
  bool rewriting = false;
  // Held while a micro-batch is applied and while snapshots begin, so that those of one question see the same batches.
  std::mutex apply_mutex;
  Watchdog watchdog;
};

Status DuckDbStore::State::open() {
  auto opened = Database::open(settings.path, options_of(settings));
  if (!opened) return opened.error();
  database.emplace(std::move(*opened));
  auto connected = Connection::open(*database);
  if (!connected) return connected.error();
  writer.emplace(std::move(*connected));
  if (auto migrated = migrate(*writer); !migrated) return migrated;
  auto reader = StateReader::open(*writer);
  if (!reader) return reader.error();
  lookups.emplace(std::move(*reader));
  auto days = read_unmerged(*writer);
  if (!days) return days.error();
  unmerged = std::move(*days);
  const auto highest = lookups->highest_player_key();
  if (!highest) return highest.error();
  next_player = std::max(next_player, *highest + 1);
  return {};
}

void DuckDbStore::State::close() {
  idle_readers.clear();
  lookups.reset();
  writer.reset();
  database.reset();
}

class DuckDbStore::ReaderSnapshots final : public Snapshots {
 public:
  explicit ReaderSnapshots(State& state) : state_(state) {}
  ~ReaderSnapshots() override {
    for (auto& connection : idle_) {
      // A connection that cannot end its transaction is of no use to the next query.
      if (!connection->execute("ROLLBACK")) connection.reset();
      state_.give_back(std::move(connection));
      --taken_;
    }
    for (; taken_ > 0; --taken_) state_.give_back(nullptr);
  }

  Status begin(size_t count) {
    const std::lock_guard lock(state_.apply_mutex);
    for (size_t i = 0; i < count; ++i) {
      auto reader = state_.take_reader();
      if (!reader) return reader.error();
      ++taken_;
      if (auto begun = (*reader)->execute("BEGIN TRANSACTION READ ONLY"); !begun) return begun;
      idle_.push_back(std::move(*reader));
      // The transaction's moment is that of its first statement, not of its beginning.
      if (auto looked = idle_.back()->execute("SELECT version FROM schema_version LIMIT 0"); !looked) return looked;
    }
    return {};
  }

  std::unique_ptr<Connection> take() override {
    if (idle_.empty()) return nullptr;
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
  }
  void give_back(std::unique_ptr<Connection> connection) override { idle_.push_back(std::move(connection)); }

 private:
  State& state_;
  size_t taken_ = 0;
  std::vector<std::unique_ptr<Connection>> idle_;
};

DuckDbStore::DuckDbStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
DuckDbStore::~DuckDbStore() = default;

Result<std::unique_ptr<DuckDbStore>> DuckDbStore::open(const DuckDbSettings& settings) {
  std::error_code failure;
  const auto folder = std::filesystem::path(settings.path).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, failure);
  if (failure)
    return Error{"gm-store-unavailable", fmt::format("cannot make {}: {}", folder.string(), failure.message())};

  auto state = std::make_unique<State>(settings);
  if (auto opened = state->open(); !opened) return opened.error();
  return std::unique_ptr<DuckDbStore>(new DuckDbStore(std::move(state)));
}

Status DuckDbStore::check(const DuckDbSettings& settings) {
  auto options = options_of(settings);
  options["access_mode"] = "READ_ONLY";
  auto database = Database::open(settings.path, options);
  if (!database) return database.error();
  auto connection = Connection::open(*database);
  if (!connection) return connection.error();
  return check_version(*connection);
}

Result<std::vector<store::LogPosition>> DuckDbStore::positions() { return state_->lookups->positions(); }

Result<std::vector<store::PlayerState>> DuckDbStore::load_players(std::span<const store::PlayerWanted> wanted) {
  auto states = state_->lookups->load_players(wanted);
  if (!states) return states;
  for (store::PlayerState& state : *states) {
    if (state.row.version == 0) state.row.player = state_->next_player++;
  }
  return states;
}

Result<std::vector<bool>> DuckDbStore::find_event_ids(std::span<const store::EventIdWanted> wanted) {
  return state_->lookups->find_event_ids(wanted);
}

Status DuckDbStore::visit_event_ids(int64_t window_ms, const EventIdVisitor& visit) {
  return state_->lookups->visit_event_ids(window_ms, visit);
}

Result<std::optional<store::LinkedPlayer>> DuckDbStore::find_linked(ProjectId project, const Uuid& link) {
  return state_->lookups->find_linked(project, link);
}

Status DuckDbStore::visit_events(std::span<const store::EventsWanted> wanted, const EventVisitor& visit) {
  return state_->lookups->visit_events(wanted, visit);
}

Result<store::KnownShapes> DuckDbStore::known_shapes(ProjectId project) {
  return read_known_shapes(*state_->writer, project);
}

Status DuckDbStore::apply(const store::MicroBatch& batch) {
  const std::lock_guard lock(state_->apply_mutex);
  // Also when the commit does not answer: it may have happened.
  if (!batch.player_links.empty()) state_->lookups->note_links();
  Status written = write_batch(*state_->writer, batch, state_->unmerged);
  state_->versions.note(batch);
  return written;
}

uint64_t DuckDbStore::data_version(ProjectId project) const { return state_->versions.of(project); }

Result<store::Table> DuckDbStore::run(const store::Statement& statement, int64_t timeout_ms) {
  auto reader = state_->take_reader();
  if (!reader) return reader.error();
  auto table = run_statement(**reader, state_->watchdog, statement, {timeout_ms, state_->settings.rows_max});
  state_->give_back(std::move(*reader));
  return table;
}

Result<std::unique_ptr<store::RowSource>> DuckDbStore::ask_sql(const store::SqlQuestion& question) {
  const OpenSnapshots open_snapshots = [this](size_t count) -> Result<std::unique_ptr<Snapshots>> {
    auto snapshots = std::make_unique<ReaderSnapshots>(*state_);
    if (auto begun = snapshots->begin(count); !begun) return begun.error();
    return std::unique_ptr<Snapshots>(std::move(snapshots));
  };
  return ask_in_sandbox(question, open_snapshots, state_->watchdog);
}

Status DuckDbStore::compact() { return compact_tables(*state_->writer, state_->unmerged); }

// What is only in the write-ahead log is also held in memory as it came, and has to be read again after a crash.
Status DuckDbStore::rest() { return state_->writer->execute("CHECKPOINT"); }

Result<store::ErasedRows> DuckDbStore::erase(const store::PlayerErasure& erasure) {
  const std::lock_guard lock(state_->apply_mutex);
  auto rows = erase_player(*state_->writer, erasure);
  state_->versions.note(erasure.project);
  return rows;
}

Status DuckDbStore::rectify(const store::PlayerRectification& rectification) {
  const std::lock_guard lock(state_->apply_mutex);
  Status done = rectify_player(*state_->writer, rectification);
  state_->versions.note(rectification.project);
  return done;
}

// The copy is made of a copy of the file, so that the store's own stays open and readers go on: two databases of one
// process may not have the same file.
Status DuckDbStore::rewrite() {
  const std::string& path = state_->settings.path;
  const std::string from = path + kRewriteFrom, to = path + kRewriteTo;
  if (auto merged = compact(); !merged) return merged;
  if (auto flushed = rest(); !flushed) return flushed;
  for (const std::string& old : {from, to, to + ".wal"}) {
    if (auto removed = remove_file(old); !removed) return removed;
  }
  std::error_code failure;
  std::filesystem::copy_file(path, from, failure);
  Status copied =
      failure ? Status(Error{"gm-store-unavailable", fmt::format("cannot copy {}: {}", path, failure.message())})
              : copy_database(from, to, state_->settings.memory_bytes_max);
  if (auto removed = remove_file(from); copied && !removed) copied = removed;
  return copied ? replace_file(to) : copied;
}

Status DuckDbStore::replace_file(const std::string& with) {
  // A question that needs several readers takes all of them before anybody waits for them to end.
  const std::lock_guard lock(state_->apply_mutex);
  if (!state_->begin_rewriting())
    return Error{"gm-store-unavailable", "a question to the store takes long; its file is replaced when it has ended"};
  state_->close();
  io::PosixFileSystem files;
  const std::string& path = state_->settings.path;
  Status placed = files.rename(with, path);
  if (placed) placed = files.sync_directory(io::parent_directory(path));
  Status opened = state_->open();
  state_->end_rewriting();
  if (!opened) return Error{"gm-store-corrupt", opened.error().message};
  if (!placed) return Error{"gm-store-unavailable", placed.error().message};
  return {};
}

}  // namespace gm::duckdb
