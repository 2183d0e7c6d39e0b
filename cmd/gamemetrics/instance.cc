#include "cmd/gamemetrics/instance.h"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "cmd/gamemetrics/currency.h"
#include "cmd/gamemetrics/error_catalog.h"
#include "cmd/gamemetrics/identity_store.h"
#include "cmd/gamemetrics/kept_store.h"
#include "cmd/gamemetrics/key_reload.h"
#include "cmd/gamemetrics/notifications.h"
#include "cmd/gamemetrics/oidc.h"
#include "cmd/gamemetrics/outbox.h"
#include "cmd/gamemetrics/pipeline_facts.h"
#include "cmd/gamemetrics/privacy.h"
#include "cmd/gamemetrics/probes.h"
#include "cmd/gamemetrics/project_changes.h"
#include "cmd/gamemetrics/project_lookup.h"
#include "cmd/gamemetrics/schema_declarations.h"
#include "cmd/gamemetrics/sealing_key.h"
#include "cmd/gamemetrics/settings_options.h"
#include "cmd/gamemetrics/stop_signal.h"
#include "cmd/gamemetrics/store_rebuild.h"
#include "cmd/gamemetrics/targets.h"
#include "cmd/gamemetrics/version.h"
#include "lib/http/server.h"
#include "lib/io/network.h"
#include "lib/telemetry/catalog.h"
#include "services/admin/api_docs.h"
#include "services/admin/dashboard.h"
#include "services/admin/graphiql.h"
#include "services/analytics_api/access.h"
#include "services/analytics_api/analytics_api.h"
#include "services/analytics_api/kept_routes.h"
#include "services/analytics_api/project_readers.h"
#include "services/analytics_api/query_routes.h"
#include "services/analytics_api/sql_routes.h"
#include "services/event_ingestion/ingestion.h"
#include "services/event_processor/processor.h"
#include "services/users/users_api.h"

namespace gm::gamemetrics {
namespace {

constexpr int64_t kProbeTimeoutMs = 1000;
constexpr auto kReloadEvery = std::chrono::seconds(2);

using ClientAddress = std::function<std::string(const http::Request&)>;

http::ServerSettings internal_settings(const config::Settings& settings) {
  http::ServerSettings own = http::ServerSettings::from(settings);
  own.address = settings.text("internal.address");
  own.tls_certificate = own.tls_key = "";  // probes and scrapers on a private network speak plain HTTP
  own.threads = 1;
  own.worker_threads = 1;
  return own;
}

}  // namespace

Result<telemetry::Logger> make_logger(const config::Settings& settings, const Clock& clock) {
  const auto level = telemetry::parse_level(settings.text("logging.level"));
  const auto format = telemetry::parse_log_format(settings.text("logging.format"));
  if (!level) return Error{"gm-config-invalid-value", "logging.level must be debug, info, warn or error"};
  if (!format) return Error{"gm-config-invalid-value", "logging.format must be json or text"};
  return telemetry::Logger::to_stderr(*level, *format, clock);
}

Result<std::unique_ptr<io::FileLock>> lock_data_dir(const config::Settings& settings, io::FileSystem& files) {
  const std::string path = settings.text("data_dir");
  if (const auto made = files.make_directories(path); !made) return made.error();
  auto taken = files.lock(data_path(settings, "lock"));
  if (taken || taken.error().code != io::kLocked) return taken;
  return Error{"gm-data-dir-in-use",
               fmt::format("another gamemetrics serves from '{}'; stop it or choose another data_dir", path)};
}

// Declared in the order of the start; the reverse order of destruction is the order in which nothing is used after its
// end.
struct Instance::State {
  const config::Settings& settings;
  const Clock& clock;
  telemetry::Logger logger;
  SystemRandom random;
  io::PosixFileSystem files;
  io::PosixNetwork network;
  telemetry::Registry registry;
  std::atomic<bool> started{false}, log_failed{false}, processor_failed{false}, stopped{false};

  std::unique_ptr<io::FileLock> lock;
  std::unique_ptr<log::EventLog> log;
  std::unique_ptr<store::AnalyticsStore> store;
  std::unique_ptr<store::MetadataStore> metadata;
  std::unique_ptr<store::LiveState> live;
  std::unique_ptr<store::PrivacyStore> privacy_requests;
  std::unique_ptr<data_retention::KeptOutLists> lists;
  std::unique_ptr<store::KeptStore> kept;
  std::unique_ptr<store::NotificationStore> notification_store;
  security::KeyRing keys;
  std::unique_ptr<KeyReload> key_reload;
  std::optional<ProjectKeys> new_keys;
  std::unique_ptr<store::SchemaDeclarations> declarations;
  std::unique_ptr<identity::IdentityStore> identity;
  std::optional<identity::Seal> seal;
  std::unique_ptr<identity::Outbox> outbox;  // null: no mail is sent
  users::OidcSettings oidc;
  std::unique_ptr<store::ProjectChanges> changes;
  std::unique_ptr<RateLookup> rates;
  std::unique_ptr<ProjectLookup> projects;
  std::optional<PipelineSource> pipeline;
  std::unique_ptr<behavior::BehaviorIndex> behavior;  // null: off
  std::unique_ptr<event_processor::Processor> processor;
  std::unique_ptr<Privacy> privacy;
  std::unique_ptr<Notifications> notifications;
  std::shared_ptr<http::ByteBudget> budget;
  std::unique_ptr<event_ingestion::Ingestion> ingestion;
  std::optional<analytics_api::RunningQueries> running;
  std::unique_ptr<store::RowFile> parquet;
  std::unique_ptr<analytics_api::Exports> exports;
  std::unique_ptr<users::UsersApi> users;
  std::unique_ptr<http::Server> server;
  std::unique_ptr<http::Server> internal;

  std::mutex maintenance_mutex;
  std::condition_variable maintenance_wakeup;
  std::thread maintenance;

  State(const config::Settings& all, const Clock& system_clock, telemetry::Logger log_lines)
      : settings(all), clock(system_clock), logger(std::move(log_lines)) {}

  Status take_data_dir();
  Status finish_project_change();
  Status open_backends();
  Status start_processor();
  Status start_servers();
  Status make_first_project();
  Status add_routes();
  void add_user_routes(ClientAddress address);
  void add_reading_routes(analytics_api::DeclaredDocuments documents);
  void add_privacy_routes(ClientAddress address);
  Status add_notification_routes(ClientAddress address);
  Status undo_link(ProjectId project, const Uuid& link);
  Status reload_keys() { return key_reload->run(); }
  void maintain();
};

Status Instance::State::take_data_dir() {
  auto taken = lock_data_dir(settings, files);
  if (!taken) return taken.error();
  lock = std::move(*taken);
  return {};
}

Status Instance::State::finish_project_change() {
  auto opened = open_project_changes(settings);
  if (!opened) return opened.error();
  changes = std::move(*opened);
  const auto waited = StoreRebuild(settings, files, logger).take_waiting(*changes);
  if (!waited) return waited.error();
  if (*waited) logger.info("the change of a project that was cut off is finished");
  return {};
}

Status Instance::State::open_backends() {
  const Platform platform{files, clock, registry, logger, [this](const Error& error) {
                            logger.error("the event log has stopped; the process ends",
                                         {{"code", error.code}, {"error", error.message}});
                            log_failed = true;
                            request_stop();
                          }};
  auto opened_log = open_event_log(settings, platform);
  if (!opened_log) return opened_log.error();
  log = std::move(*opened_log);
  auto opened_store = open_analytics_store(settings, platform);
  if (!opened_store) return opened_store.error();
  store = std::move(*opened_store);
  auto opened_metadata = open_metadata_store(settings);
  if (!opened_metadata) return opened_metadata.error();
  metadata = std::move(*opened_metadata);
  auto opened_declarations = open_schema_declarations(settings);
  if (!opened_declarations) return opened_declarations.error();
  declarations = std::move(*opened_declarations);
  auto opened_identity = open_identity_store(settings);
  if (!opened_identity) return opened_identity.error();
  identity = std::move(*opened_identity);
  const auto sealing_key = load_sealing_key(settings, files, random);
  if (!sealing_key) return sealing_key.error();
  seal.emplace(*sealing_key, random);
  auto opened_outbox = open_outbox(settings, files, clock, random);
  if (!opened_outbox) return opened_outbox.error();
  outbox = std::move(*opened_outbox);
  auto signed_in_by = load_oidc(settings, files);
  if (!signed_in_by) return signed_in_by.error();
  oidc = std::move(*signed_in_by);
  key_reload = std::make_unique<KeyReload>(*metadata, keys, clock);
  live = make_live_state(settings, platform);
  auto opened_privacy = open_privacy_store(settings, random);
  if (!opened_privacy) return opened_privacy.error();
  privacy_requests = std::move(*opened_privacy);
  auto loaded_lists = data_retention::KeptOutLists::load(*privacy_requests);
  if (!loaded_lists) return loaded_lists.error();
  lists = std::move(*loaded_lists);
  auto opened_kept = open_kept_store(settings);
  if (!opened_kept) return opened_kept.error();
  kept = std::move(*opened_kept);
  auto opened_notifications = open_notification_store(settings);
  if (!opened_notifications) return opened_notifications.error();
  notification_store = std::move(*opened_notifications);
  return reload_keys();
}

// After everything else that can fail: the keys are shown only once, and a start that failed shows none.
Status Instance::State::make_first_project() {
  auto made = ensure_project(*metadata, settings, random, clock.now_ms());
  if (!made) return made.error();
  new_keys = std::move(*made);
  return new_keys ? reload_keys() : Status();
}

Status Instance::State::start_processor() {
  auto source = PipelineSource::open(*store, *log, registry, settings.duration_ms("query.timeout"));
  if (!source) return source.error();
  pipeline = *source;
  rates = std::make_unique<RateLookup>(*changes);
  projects = std::make_unique<ProjectLookup>(*metadata, *rates);
  const Platform platform{files, clock, registry, logger, {}};
  behavior = make_behavior_index(settings, platform, *store, *log);
  if (behavior) behavior->start();
  processor = std::make_unique<event_processor::Processor>(
      event_processor::Processor::Dependencies{*log, *store, *live, *projects, registry, clock,
                                               logger.component("processor"),
                                               [this](const Error& error) {
                                                 logger.error("the processor has stopped; the process ends",
                                                              {{"code", error.code}, {"error", error.message}});
                                                 processor_failed = true;
                                                 request_stop();
                                               },
                                               [this](const store::MicroBatch& batch) {
                                                 if (behavior) behavior->feed(batch);
                                               },
                                               &lists->uncounted()},
      event_processor::ProcessorSettings::from(settings));
  return processor->start();
}

Status Instance::State::start_servers() {
  const http::ServerContext context{clock, random, network, registry, logger.component("http"), &files};
  budget = std::make_shared<http::ByteBudget>(static_cast<size_t>(settings.bytes("ingest.in_flight_bytes_max")));
  registry.before_expose([held = budget, &gauge = registry.gauge(telemetry::kIngestInFlight)] {
    gauge.set(static_cast<double>(held->used()));
  });
  server = std::make_unique<http::Server>(http::ServerSettings::from(settings), context, budget);
  internal = std::make_unique<http::Server>(internal_settings(settings), context);
  if (const auto added = add_routes(); !added) return added;
  if (const auto listening = server->start(); !listening) return listening.error();
  return internal->start();
}

Status Instance::State::add_routes() {
  if (const auto fits = event_ingestion::IngestSettings::check(settings); !fits) return fits;
  if (const auto fits = analytics_api::ApiSettings::check(settings); !fits) return fits;
  auto documents = analytics_api::DeclaredDocuments::read(settings.text("graphql.persisted_directory"), files);
  if (!documents) return documents.error();
  auto proxies = event_ingestion::TrustedProxies::parse(settings.text("http.trusted_proxies"));
  if (!proxies) return proxies.error();
  const ClientAddress address = [known = *proxies](const http::Request& request) { return known.client_of(request); };
  add_user_routes(address);
  ingestion = std::make_unique<event_ingestion::Ingestion>(
      event_ingestion::IngestSettings::from(settings), event_ingestion::KeyLimits::from(settings),
      event_ingestion::Dependencies{*log, keys, registry, *budget, clock, std::move(*proxies), &lists->refused()});
  ingestion->register_routes(*server);
  add_reading_routes(std::move(*documents));
  add_privacy_routes(address);
  if (const auto added = add_notification_routes(address); !added) return added;
  std::vector<admin::ErrorNote> notes;
  for (const ErrorEntry& entry : error_catalog())
    notes.push_back({entry.code, entry.http_status, entry.meaning, entry.way_out});
  admin::register_api_docs(*server, notes);
  admin::register_graphiql(*server, settings);
  admin::register_dashboard(*server, settings);
  const std::vector<ProbeCheck> checks = {
      {"event log", [this] { return !log_failed.load(); }},
      {"analytics store", [this] { return store->run({"SELECT 1", {}}, kProbeTimeoutMs).ok(); }},
      {"metadata", [this] { return metadata->projects().ok(); }},
      {"processor", [this] { return !processor->progress().stalled; }},
  };
  register_probes(*internal, checks, [this] { return started.load(); }, registry);
  return {};
}

void Instance::State::add_user_routes(ClientAddress address) {
  users = std::make_unique<users::UsersApi>(
      users::Dependencies{*identity, *metadata, clock, *seal, outbox.get(), oidc, users::OidcProvider::over_network(),
                          random, registry, logger.component("users"), std::move(address),
                          [this] { return reload_keys(); }, check_currency},
      users::UserSettings::from(settings));
  users->register_routes(*server);
}

void Instance::State::add_reading_routes(analytics_api::DeclaredDocuments documents) {
  running.emplace(clock, registry);
  parquet = make_parquet(settings);
  exports = std::make_unique<analytics_api::Exports>(analytics_api::ExportDependencies{
      *parquet, clock, registry, analytics_api::ExportSettings::from(settings), logger.component("analytics_api")});
  const analytics_api::PipelineStatus facts = [this] { return pipeline->facts(*processor); };
  analytics_api::register_routes(
      *server,
      {*store, *metadata, *declarations, *live, keys, clock, registry, facts, *running, *exports,
       analytics_api::ApiSettings::from(settings),
       [this](ProjectId project, const Uuid& link) { return undo_link(project, link); }, std::move(documents),
       logger.component("analytics_api"), behavior.get(), server.get(), dynamic_cast<store::DataVersion*>(store.get())},
      &users->project_access());
  // Not every store can; one that cannot has no such routes.
  if (auto* sql = dynamic_cast<store::SqlStore*>(store.get()); sql != nullptr) {
    analytics_api::register_sql_routes(*server, {*sql, *metadata, keys, clock, registry, facts, *running, *exports,
                                                 analytics_api::SqlSettings::from(settings),
                                                 logger.component("analytics_api"), &users->project_access()});
  }
  analytics_api::register_kept_routes(*server, {*kept, *metadata, keys, clock, registry,
                                                analytics_api::KeptSettings::from(settings), &users->project_access()});
  analytics_api::register_query_routes(*server, {*metadata, keys, clock, registry, *running, &users->project_access()});
}

void Instance::State::add_privacy_routes(ClientAddress address) {
  privacy = std::make_unique<Privacy>(Privacy::Dependencies{
      settings, files, random, clock, registry, logger, *privacy_requests, *lists, *log,
      dynamic_cast<store::ErasableLive&>(*live), *processor, *store, *parquet, behavior.get(), *identity, address});
  const auto access =
      std::make_shared<const analytics_api::Access>(keys, *metadata, registry, &users->project_access());
  privacy->register_routes(*server, [access](const http::Request& request) { return access->authorise(request); });
}

Status Instance::State::add_notification_routes(ClientAddress address) {
  auto mail = mail_settings(settings, files);
  if (!mail) return mail.error();
  auto made = Notifications::make({settings, std::move(*mail), random, clock, registry, logger, *notification_store,
                                   *store, *metadata, *declarations, behavior.get(), *identity, std::move(address),
                                   [this] { return pipeline->facts(*processor); }});
  if (!made) return made.error();
  notifications = std::move(*made);
  const auto access =
      std::make_shared<const analytics_api::Access>(keys, *metadata, registry, &users->project_access());
  notifications->register_routes(*server,
                                 [access](const http::Request& request) { return access->authorise(request); });
  return {};
}

Status Instance::State::undo_link(ProjectId project, const Uuid& link) {
  std::promise<Status> durable;
  log->append(log::Topic::events_raw, 0, event::encode_link_undo({project, link, clock.now_ms()}), 1,
              [&durable](Result<log::Offset> offset) { durable.set_value(offset ? Status() : offset.error()); });
  return durable.get_future().get();
}

void Instance::State::maintain() {
  std::unique_lock guard(maintenance_mutex);
  std::string told;  // the trouble with the certificate that the log has heard of
  while (!stopped) {
    maintenance_wakeup.wait_for(guard, kReloadEvery);
    if (stopped) return;
    if (const auto reloaded = reload_keys(); !reloaded) {
      logger.warn("the keys could not be read again; the known ones stay valid",
                  {{"code", reloaded.error().code}, {"error", reloaded.error().message}});
    }
    const auto certificate = server->reload_certificate();
    const std::string trouble = certificate ? "" : certificate.error().message;
    if (!trouble.empty() && trouble != told) {
      logger.warn("the certificate could not be read again; the known one stays in use",
                  {{"code", certificate.error().code}, {"error", trouble}});
    }
    told = trouble;
  }
}

Instance::Instance(std::unique_ptr<State> state) : state_(std::move(state)) {}
Instance::~Instance() { stop(); }

Result<std::unique_ptr<Instance>> Instance::start(const config::Settings& settings, const Clock& clock,
                                                  telemetry::Logger logger, const OnFirstStart& on_first_start) {
  const int64_t began = clock.monotonic_ns();
  std::unique_ptr<Instance> instance(new Instance(std::make_unique<State>(settings, clock, std::move(logger))));
  State& state = *instance->state_;
  state.registry.gauge(telemetry::kBuildInfo, {version(), "all"}).set(1);
  for (const auto step : {&State::take_data_dir, &State::finish_project_change, &State::open_backends,
                          &State::start_processor, &State::start_servers, &State::make_first_project}) {
    if (const Status done = (state.*step)(); !done) return done.error();
  }
  state.maintenance = std::thread([&state] { state.maintain(); });
  state.privacy->start();
  state.notifications->start();
  if (state.new_keys && on_first_start) on_first_start(*state.new_keys, instance->url());
  state.started = true;
  state.logger.info("serving", {{"url", instance->url()},
                                {"internal_port", state.internal->port()},
                                {"version", version()},
                                {"data_dir", settings.text("data_dir")},
                                {"start_ms", (clock.monotonic_ns() - began) / 1'000'000}});
  return instance;
}

void Instance::stop() {
  if (state_->stopped.exchange(true)) return;
  {
    const std::lock_guard guard(state_->maintenance_mutex);
    state_->maintenance_wakeup.notify_all();
  }
  if (state_->maintenance.joinable()) state_->maintenance.join();
  if (state_->server) state_->server->stop();
  if (state_->notifications) state_->notifications->stop();
  if (state_->exports) state_->exports->stop();
  if (state_->log) state_->log->close();
  if (state_->processor) state_->processor->stop();
  if (state_->behavior) state_->behavior->stop();
  // Last: what it waits for has ended then.
  if (state_->privacy) state_->privacy->stop();
  if (state_->internal) state_->internal->stop();
  if (state_->started) state_->logger.info("stopped");
}

std::string Instance::url() const {
  const auto endpoint = io::parse_endpoint(state_->settings.text("http.address"));
  std::string host = endpoint ? endpoint->host : "127.0.0.1";
  if (host.empty() || host == "0.0.0.0" || host == "::") host = "127.0.0.1";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  const bool tls = !state_->settings.text("http.tls.certificate").empty();
  return fmt::format("{}://{}:{}", tls ? "https" : "http", host, state_->server->port());
}

const std::optional<ProjectKeys>& Instance::new_keys() const { return state_->new_keys; }
store::MetadataStore& Instance::metadata() { return *state_->metadata; }
Status Instance::reload_keys() { return state_->reload_keys(); }
Result<bool> Instance::reload_certificate() { return state_->server->reload_certificate(); }
bool Instance::catch_up(int64_t timeout_ms) { return state_->processor->catch_up(timeout_ms); }
uint64_t Instance::processed() const { return state_->processor->progress().processed; }
bool Instance::failed() const { return state_->log_failed || state_->processor_failed; }

}  // namespace gm::gamemetrics
