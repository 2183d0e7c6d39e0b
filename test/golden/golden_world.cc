#include "test/golden/golden_world.h"

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "lib/behavior/behavior_index.h"
#include "services/analytics_api/api_fixture_test.h"
#include "services/event_processor/fake_event_log.h"
#include "services/event_processor/processor.h"

namespace gm::golden {
namespace {

constexpr int64_t kPatienceMs = 60'000;
constexpr uint64_t kRunEvents = 64;  // of the behaviour index: a game has some in files and some in memory
constexpr std::string_view kMetricPrefix = "/api/v1/metrics/";
constexpr std::string_view kPlayerPrefix = "/api/v1/players/";

std::shared_ptr<const event::RateTable> rates_of(const Case& which) {
  std::string text = "date,currency,rate\n";
  for (const CaseRate& rate : which.rates) text += rate.date + "," + rate.currency + "," + rate.rate + "\n";
  return std::make_shared<const event::RateTable>(event::parse_rates(text, which.currency).value());
}

class OneProject final : public event_processor::ProjectDirectory {
 public:
  explicit OneProject(const Case& which)
      : profile_{TimeZone::find(which.zone).value(), which.currency, rates_of(which)} {}
  Result<std::optional<event_processor::ProjectProfile>> find(ProjectId) override {
    return std::optional<event_processor::ProjectProfile>(profile_);
  }

 private:
  event_processor::ProjectProfile profile_;
};

void require(const Status& status) {
  if (!status) throw std::runtime_error(status.error().code + ": " + status.error().message);
}

event::Event event_of(const CaseEvent& from, const std::string& player_and_line) {
  event::Event event;
  event.id = Uuid::derived_from(from.id.empty() ? player_and_line : from.id);
  event.name = from.name;
  event.player = from.player;
  event.session = from.session;
  event.time_ms = from.time_ms;
  event.properties = from.properties;
  event.country = from.country;
  event.platform = from.platform;
  event.build = from.build;
  if (from.has_revenue) {
    event.revenue_micros = from.revenue_micros;
    event.currency = from.currency;
  }
  return event;
}

// A temporary folder.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "gm_golden_XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path;
};

behavior::IndexSettings index_settings(const std::string& directory) {
  behavior::IndexSettings settings = behavior::IndexSettings::from(config::Settings::defaults());
  settings.directory = directory;
  settings.limits.tail_rows = kRunEvents;
  return settings;
}

}  // namespace

struct World::State {
  explicit State(const Case& which)
      : clock(which.now_ms),
        behavior({files, *folder.store, registry, clock, {}}, index_settings(index_folder.path)),
        directory(which) {}

  ManualClock clock;
  telemetry::Registry registry;
  io::PosixFileSystem files;
  Folder index_folder;
  analytics_api::StoreFolder folder;
  behavior::BehaviorIndex behavior;
  event_processor::FakeEventLog log;
  analytics_api::ScriptedLive live;
  analytics_api::FixedMetadata metadata;
  analytics_api::HeldDeclarations declarations;
  OneProject directory;
  security::KeyRing keys;
  std::string authorization;
  duckdb::ParquetFile parquet = duckdb::ParquetFile::from(config::Settings::defaults());
  analytics_api::RunningQueries running{clock, registry};
  analytics_api::Exports exports{
      {parquet, clock, registry, analytics_api::ExportSettings::from(config::Settings::defaults())}};
  analytics_api::RecordingRouter router;
};

World::World(const Case& which) : state_(std::make_unique<State>(which)) {
  SeededRandom random(1);
  const auto key = security::make_key(security::KeyKind::project, random);
  state_->authorization = "Bearer " + key.text;
  state_->keys.replace({{key.hash, {analytics_api::kGame, security::KeyKind::project}}});
  state_->metadata.rows = {{analytics_api::kGame, "Golden game", which.zone, which.currency, 0}};
  process(which);
  analytics_api::register_routes(state_->router, {*state_->folder.store,
                                                  state_->metadata,
                                                  state_->declarations,
                                                  state_->live,
                                                  state_->keys,
                                                  state_->clock,
                                                  state_->registry,
                                                  [] { return analytics_api::PipelineFacts(); },
                                                  state_->running,
                                                  state_->exports,
                                                  analytics_api::ApiSettings::from(config::Settings::defaults()),
                                                  {},
                                                  {},
                                                  {},
                                                  &state_->behavior,
                                                  nullptr,
                                                  state_->folder.store.get()});
  analytics_api::register_sql_routes(
      state_->router, {*state_->folder.store, state_->metadata, state_->keys, state_->clock, state_->registry,
                       [] { return analytics_api::PipelineFacts(); }, state_->running, state_->exports,
                       analytics_api::SqlSettings::from(config::Settings::defaults())});
}

World::~World() = default;

void World::append(const Case& which, const CaseEvent& from) {
  if (from.is_undo) {
    const event::LinkUndo undo{analytics_api::kGame, Uuid::derived_from(from.id), which.now_ms};
    state_->log.append(log::Topic::events_raw, 0, event::encode_link_undo(undo), 1, nullptr);
    return;
  }
  event::BatchInfo info;
  info.project = analytics_api::kGame;
  info.received_ms = from.received_ms;
  event::BatchEncoder encoder(info);
  encoder.add(event_of(from, from.player + "@" + std::to_string(from.line)));
  state_->log.append(log::Topic::events_raw, 0, std::move(encoder).take(), 1, nullptr);
}

void World::process(const Case& which) {
  state_->behavior.start();
  for (const CaseEvent& event : which.events) {
    if (event.is_stored) {
      process_appended();
    } else {
      append(which, event);
    }
  }
  process_appended();
  if (!state_->behavior.catch_up(kPatienceMs)) throw std::runtime_error("the behaviour index did not catch up");
}

void World::process_appended() {
  auto settings = event_processor::ProcessorSettings::from(config::Settings::defaults());
  settings.interval_ms = 1;
  event_processor::Processor processor({state_->log,
                                        *state_->folder.store,
                                        state_->live,
                                        state_->directory,
                                        state_->registry,
                                        state_->clock,
                                        {},
                                        {},
                                        [this](const store::MicroBatch& batch) { state_->behavior.feed(batch); }},
                                       settings);
  require(processor.start());
  if (!processor.catch_up(kPatienceMs)) throw std::runtime_error("the processor did not catch up");
  processor.stop();
}

void World::compact() { require(state_->folder.store->compact()); }

http::Response World::get(const std::string& target) {
  const size_t mark = target.find('?');
  http::Request request;
  request.path = std::string_view(target).substr(0, mark);
  if (mark != std::string::npos) request.query = std::string_view(target).substr(mark + 1);
  request.headers.emplace_back("Authorization", state_->authorization);
  std::string pattern(request.path);
  if (request.path.starts_with(kMetricPrefix)) {
    request.path_parameters.push_back(request.path.substr(kMetricPrefix.size()));
    pattern = "/api/v1/metrics/{name}";
  }
  if (request.path.starts_with(kPlayerPrefix)) {
    request.path_parameters.push_back(
        request.path.substr(kPlayerPrefix.size(), request.path.rfind('/') - kPlayerPrefix.size()));
    pattern = "/api/v1/players/{id}/events";
  }
  const auto handler = state_->router.handlers.find(pattern);
  if (handler == state_->router.handlers.end()) throw std::runtime_error("no such route: " + pattern);
  return handler->second(request);
}

http::Response World::ask(const std::string& kind, const std::string& body) {
  http::Request request;
  request.method = http::Method::post;
  request.path_parameters.push_back(kind);
  request.body = body;
  request.headers.emplace_back("Authorization", state_->authorization);
  return state_->router.handlers.at("/api/v1/query/{kind}")(request);
}

http::Response World::sql(const std::string& statement) {
  const std::string body = nlohmann::json{{"sql", statement}}.dump();
  http::Request request;
  request.method = http::Method::post;
  request.body = body;
  request.headers.emplace_back("Authorization", state_->authorization);
  return state_->router.handlers.at("/api/v1/sql")(request);
}

}  // namespace gm::golden
