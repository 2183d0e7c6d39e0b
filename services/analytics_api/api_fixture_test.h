#pragma once
// For the tests of this folder: the routes over a real store in a temporary folder, called without sockets.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include <nlohmann/json.hpp>

#include "adapters/duckdb/duckdb_store.h"
#include "adapters/duckdb/parquet_file.h"
#include "services/analytics_api/analytics_api.h"
#include "services/analytics_api/fake_kept_test.h"
#include "services/analytics_api/kept_routes.h"
#include "services/analytics_api/query_routes.h"
#include "services/analytics_api/sql_routes.h"

namespace gm::analytics_api {

using Json = nlohmann::json;

inline Date day(std::string_view text) { return Date::parse(text).value(); }
inline int64_t moment(std::string_view text) { return parse_iso8601_ms(text).value(); }

inline const ProjectId kGame = ProjectId::from_stored(1);
inline const ProjectId kOtherGame = ProjectId::from_stored(2);

// Gathers what a stream is sent until its feeder lets go.
class GatheredStream final : public http::ResponseStream {
 public:
  struct Gathered {
    std::mutex mutex;
    std::condition_variable changed;
    std::string text;
    bool ended = false, broken = false;
  };
  explicit GatheredStream(std::shared_ptr<Gathered> into) : into_(std::move(into)) {}
  ~GatheredStream() override {
    const std::lock_guard lock(into_->mutex);
    into_->ended = true;
    into_->changed.notify_all();
  }
  bool send(std::string chunk) override {
    const std::lock_guard lock(into_->mutex);
    if (into_->broken) return false;
    into_->text += chunk;
    into_->changed.notify_all();
    return true;
  }
  bool open() const override {
    const std::lock_guard lock(into_->mutex);
    return !into_->broken;
  }
  void break_off() override {
    const std::lock_guard lock(into_->mutex);
    into_->broken = true;
    into_->changed.notify_all();
  }

 private:
  std::shared_ptr<Gathered> into_;
};

// A stream's answer as one that came at once; of one that was broken off the body says so.
inline http::Response whole_answer(const http::StreamHandler& handler, const http::Request& request) {
  const auto gathered = std::make_shared<GatheredStream::Gathered>();
  http::Response response = handler(request, std::make_shared<GatheredStream>(gathered));
  std::unique_lock lock(gathered->mutex);
  gathered->changed.wait(lock, [&] { return gathered->ended; });
  response.body += gathered->broken ? "(broken off)" : gathered->text;
  return response;
}

class RecordingRouter final : public http::Router, public http::SocketRouter {
 public:
  void add(http::Method, std::string pattern, http::Handler handler) override {
    handlers[std::move(pattern)] = std::move(handler);
  }
  void add_async(http::Method, std::string, http::AsyncHandler) override {
    FAIL() << "no route of this service is asynchronous";
  }
  void add_stream(http::Method, std::string pattern, http::StreamHandler handler) override {
    handlers[pattern] = [handler](const http::Request& request) { return whole_answer(handler, request); };
    streams[std::move(pattern)] = std::move(handler);
  }
  void add_socket(std::string pattern, http::SocketHandler handler) override {
    sockets[std::move(pattern)] = std::move(handler);
  }

  std::map<std::string, http::Handler> handlers;  // those of streams too: they answer when the stream has ended
  std::map<std::string, http::StreamHandler> streams;
  std::map<std::string, http::SocketHandler> sockets;
};

class FixedMetadata final : public store::MetadataStore {
 public:
  Result<store::Project> create_project(std::string_view, std::string_view, std::string_view, int64_t) override {
    return refused();
  }
  Result<std::vector<store::Project>> projects() override {
    if (down) return refused();
    return rows;
  }
  Result<store::Key> create_key(ProjectId, security::KeyKind, const security::NewKey&, int64_t) override {
    return refused();
  }
  Result<std::vector<store::Key>> keys() override { return refused(); }
  Status set_key_origins(int64_t, const std::vector<std::string>&) override { return refused(); }
  Status revoke_key(int64_t, int64_t) override { return refused(); }

  std::vector<store::Project> rows;
  bool down = false;

 private:
  static Error refused() { return {"gm-metadata-unavailable", "the metadata store is down"}; }
};

class HeldDeclarations final : public store::SchemaDeclarations {
 public:
  Result<std::vector<store::DeclaredProperty>> declared(ProjectId project) override {
    std::vector<store::DeclaredProperty> found;
    for (const auto& [key, property] : held) {
      if (std::get<0>(key) == project) found.push_back(property);
    }
    return found;
  }
  Status declare(ProjectId project, std::span<const store::DeclaredProperty> properties, size_t most) override {
    auto then = held;
    for (const auto& one : properties) then[{project, one.event, one.property}] = one;
    if (then.size() > most) return Error{"gm-schema-full", "made to be full"};
    held = std::move(then);
    return {};
  }
  Result<int64_t> forget(ProjectId project, std::string_view event,
                         const std::optional<std::string>& property) override {
    return static_cast<int64_t>(std::erase_if(held, [&](const auto& entry) {
      const auto& [of, of_event, name] = entry.first;
      return of == project && of_event == event && (!property || name == *property);
    }));
  }

  std::map<std::tuple<ProjectId, std::string, std::string>, store::DeclaredProperty> held;
};

// Passes on what it is told to, to whoever listens.
class ScriptedLive final : public store::LiveState {
 public:
  void publish(ProjectId project, const std::vector<store::LiveEvent>& events) override {
    const std::lock_guard lock(mutex);
    for (const auto& [id, entry] : listeners) {
      for (const auto& event : events) {
        if (entry.first == project) entry.second(event);
      }
    }
  }
  store::LiveSnapshot snapshot(ProjectId project, int64_t now_ms) override {
    auto found = snapshots[project];
    found.as_of_ms = now_ms;
    return found;
  }
  uint64_t subscribe(ProjectId project, Listener listener) override {
    const std::lock_guard lock(mutex);
    listeners[++last] = {project, std::move(listener)};
    return last;
  }
  void unsubscribe(uint64_t subscription) override {
    const std::lock_guard lock(mutex);
    listeners.erase(subscription);
  }
  size_t listener_count() {
    const std::lock_guard lock(mutex);
    return listeners.size();
  }

  std::map<ProjectId, store::LiveSnapshot> snapshots;

 private:
  std::mutex mutex;
  std::map<uint64_t, std::pair<ProjectId, Listener>> listeners;
  uint64_t last = 0;
};

struct RecordingStream final : http::ResponseStream {
  bool send(std::string chunk) override {
    const std::lock_guard lock(mutex);
    if (!is_open) return false;
    text += chunk;
    return true;
  }
  bool open() const override {
    const std::lock_guard lock(mutex);
    return is_open;
  }
  std::string sent() const {
    const std::lock_guard lock(mutex);
    return text;
  }
  void close() {
    const std::lock_guard lock(mutex);
    is_open = false;
  }

 private:
  mutable std::mutex mutex;
  bool is_open = true;
  std::string text;
};

// A temporary folder with a DuckDB store in it.
class StoreFolder {
 public:
  StoreFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "gm_api_XXXXXX").string();
    path_ = ::mkdtemp(name.data());
    store = duckdb::DuckDbStore::open({path_ + "/analytics.duckdb", 256 << 20, 1, 100'000}).value();
  }
  ~StoreFolder() {
    store.reset();
    std::filesystem::remove_all(path_);
  }

  std::unique_ptr<duckdb::DuckDbStore> store;

 private:
  std::string path_;
};

// Answers every query with one error.
class FailingStore final : public store::AnalyticsStore {
 public:
  explicit FailingStore(std::string code) : error_{std::move(code), "made to fail"} {}
  Result<std::vector<store::LogPosition>> positions() override { return error_; }
  Result<std::vector<store::PlayerState>> load_players(std::span<const store::PlayerWanted>) override { return error_; }
  Result<std::vector<bool>> find_event_ids(std::span<const store::EventIdWanted>) override { return error_; }
  Status visit_event_ids(int64_t, const EventIdVisitor&) override { return error_; }
  Result<std::optional<store::LinkedPlayer>> find_linked(ProjectId, const Uuid&) override { return error_; }
  Status visit_events(std::span<const store::EventsWanted>, const EventVisitor&) override { return error_; }
  Result<store::KnownShapes> known_shapes(ProjectId) override { return error_; }
  Status apply(const store::MicroBatch&) override { return error_; }
  Result<store::Table> run(const store::Statement&, int64_t) override { return error_; }
  Status compact() override { return error_; }

 private:
  Error error_;
};

class ApiTest : public testing::Test {
 protected:
  ApiTest();
  ~ApiTest() override;

  // Answers of the routes; `query` is everything behind "?".
  http::Response get(std::string_view pattern, std::string_view query = "", std::string_view key = "",
                     std::string_view name = "");
  Json get_json(std::string_view pattern, std::string_view query = "", std::string_view name = "");
  http::Response metric(std::string_view name, std::string_view query) {
    return get("/api/v1/metrics/{name}", query, {}, name);
  }
  Json metric_json(std::string_view name, std::string_view query) {
    return get_json("/api/v1/metrics/{name}", query, name);
  }
  http::Response open_stream(std::shared_ptr<RecordingStream> stream, std::string_view key = "",
                             std::string_view query = "");
  void apply(const store::MicroBatch& batch);
  uint64_t counted(const telemetry::MetricDeclaration& metric, std::string_view label) {
    return registry.counter(metric, {label}).value();
  }
  // Makes the routes anew with other settings.
  DeclaredDocuments documents;
  void register_with(ApiSettings settings);
  // The same over a store that fails with `code`.
  void fail_with(std::string code);
  void limit_exports(ExportSettings limits);
  // The routes of SQL anew with other settings.
  void register_sql(SqlSettings limits);

  ManualClock clock{moment("2026-11-23T12:00:00Z")};
  StoreFolder folder;
  std::unique_ptr<FailingStore> failing;
  FixedMetadata metadata;
  HeldDeclarations declarations;
  ScriptedLive live;
  telemetry::Registry registry;
  PipelineFacts facts;
  std::vector<std::string> lines;  // of the log
  std::vector<Uuid> undone;        // links that the routes had taken back
  std::string project_key, other_project_key, write_key;
  security::KeyRing keys;
  duckdb::ParquetFile parquet{64 << 20};
  RunningQueries running{clock, registry};
  FakeKept kept_items;
  std::unique_ptr<Exports> exports;
  ApiSettings settings;
  std::unique_ptr<RecordingRouter> router;
};

}  // namespace gm::analytics_api
