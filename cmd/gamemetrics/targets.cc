#include "cmd/gamemetrics/targets.h"

#include <fmt/format.h>

#include "adapters/duckdb/duckdb_store.h"
#include "adapters/duckdb/parquet_file.h"
#include "adapters/embedded/directory_objects.h"
#include "adapters/embedded/event_log.h"
#include "adapters/embedded/live_state.h"
#include "adapters/embedded/log_check.h"
#include "adapters/embedded/replay_log.h"
#include "adapters/embedded/segment_rewrite.h"
#include "adapters/smtp/smtp_outbox.h"
#include "adapters/sqlite/kept.h"
#include "adapters/sqlite/metadata.h"
#include "adapters/sqlite/notifications.h"
#include "adapters/sqlite/privacy.h"
#include "cmd/gamemetrics/identity_store.h"
#include "cmd/gamemetrics/kept_store.h"
#include "cmd/gamemetrics/notifications.h"
#include "cmd/gamemetrics/outbox.h"
#include "cmd/gamemetrics/privacy.h"
#include "cmd/gamemetrics/project_changes.h"
#include "cmd/gamemetrics/schema_declarations.h"
#include "cmd/gamemetrics/secret_file.h"
#include "cmd/gamemetrics/settings_options.h"
#include "cmd/gamemetrics/text_table.h"
#include "lib/http/answer_burst.h"

namespace gm::gamemetrics {

const std::vector<Module>& module_map() {
  static const std::vector<Module> modules = {
      {"all", "service event_ingestion", "POST /v1/events and the paths of eleven dialects"},
      {"all", "service event_processor", "log to store: dedupe, sessions, rollups"},
      {"all", "service analytics_api", "GET /api/v1/..."},
      {"all", "service users", "POST /api/v1/login, /api/v1/organisations/..., /api/v1/projects/..."},
      {"all", "service data_retention", "/api/v1/privacy/..."},
      {"all", "service notifications", "/api/v1/alerts, /api/v1/alert-rules, /api/v1/channels, /api/v1/deliveries"},
      {"all", "service admin", "dashboard, /docs, /openapi.json"},
      {"all", "port event log", "adapters/embedded (segments, group commit)"},
      {"all", "port analytics store", "adapters/duckdb"},
      {"all", "port metadata", "adapters/sqlite"},
      {"all", "port identity", "adapters/sqlite (the metadata's file)"},
      {"all", "port kept", "adapters/sqlite (a file of its own)"},
      {"all", "port outbox", "adapters/smtp (mail.url)"},
      {"all", "port notifications", "adapters/sqlite (a file of its own)"},
      {"all", "behaviour index", "lib/behavior, derived from the analytics store"},
      {"all", "port objects", "adapters/embedded (a directory; archived log segments)"},
      {"all", "port live state", "adapters/embedded (in process)"},
  };
  return modules;
}

std::string render_module_map() {
  TextTable table{{"target", "module", "made of"}, {}};
  for (const Module& module : module_map())
    table.rows.push_back({std::string(module.target), std::string(module.name), std::string(module.made_of)});
  return render_aligned(table);
}

namespace {

// Copies a segment to objects before the log removes it: "log/events.raw/00000000000000000000.seg".
Status archive_segment(store::ObjectStore& objects, const std::string& path, log::Topic topic) {
  return objects.put_file(fmt::format("log/{}/{}", log::topic_name(topic), path.substr(path.rfind('/') + 1)), path);
}

}  // namespace

std::unique_ptr<store::ObjectStore> make_object_store(const config::Settings& settings, io::FileSystem& files) {
  return std::make_unique<embedded::DirectoryObjects>(files, data_path(settings, "objects"));
}

Result<std::unique_ptr<log::EventLog>> open_event_log(const config::Settings& settings, const Platform& platform) {
  embedded::LogHooks hooks;
  hooks.failed = platform.log_failed;
  hooks.answering = [](const std::function<void()>& answer_all) {
    const http::AnswerBurst burst;
    answer_all();
  };
  const std::shared_ptr<store::ObjectStore> objects = make_object_store(settings, platform.files);
  hooks.archive = [objects](const std::string& path, log::Topic topic, log::Offset /*base*/) {
    return archive_segment(*objects, path, topic);
  };
  auto opened = embedded::EmbeddedLog::open(embedded::LogSettings::from(settings), platform.files, platform.clock,
                                            &platform.registry, std::move(hooks));
  if (!opened) return opened.error();
  for (const embedded::TornTail& tail : (*opened)->torn_tails()) {
    platform.logger.component("log").warn(
        "cut off what a crash left unfinished at the end of a segment",
        {{"segment", tail.segment_path}, {"bytes", tail.bytes}, {"position", tail.position}});
  }
  return std::unique_ptr<log::EventLog>(std::move(*opened));
}

Result<std::unique_ptr<store::AnalyticsStore>> open_analytics_store(const config::Settings& settings,
                                                                    const Platform& /*platform*/) {
  auto opened = duckdb::DuckDbStore::open(duckdb::DuckDbSettings::from(settings));
  if (!opened) return opened.error();
  return std::unique_ptr<store::AnalyticsStore>(std::move(*opened));
}

std::string analytics_store_file(const config::Settings& settings) {
  return duckdb::DuckDbSettings::from(settings).path;
}

Result<std::unique_ptr<store::AnalyticsStore>> open_analytics_store_at(const config::Settings& settings,
                                                                       const std::string& path) {
  duckdb::DuckDbSettings own = duckdb::DuckDbSettings::from(settings);
  own.path = path;
  auto opened = duckdb::DuckDbStore::open(own);
  if (!opened) return opened.error();
  return std::unique_ptr<store::AnalyticsStore>(std::move(*opened));
}

Result<Replay> open_replay(const config::Settings& settings, io::FileSystem& files, log::EventLog& log) {
  auto opened = embedded::ReplayLog::open(log, files, data_path(settings, "objects/log"));
  if (!opened) return opened.error();
  embedded::ReplayLog* replay = opened->get();
  const auto gaps = [replay] {
    std::vector<ReplayGap> all;
    for (const embedded::ReplayGap& gap : replay->gaps())
      all.push_back({std::string(log::topic_name(gap.topic)), gap.from, gap.upto, gap.reason});
    return all;
  };
  return Replay{std::move(*opened), gaps};
}

Result<log::RewriteCounts> rewrite_archived_log(const config::Settings& settings, io::FileSystem& files, Random& random,
                                                const log::RecordEdit& edit) {
  return embedded::rewrite_archive(files, random, data_path(settings, "objects/log"), edit);
}

Result<uint64_t> remove_set_aside_log(const config::Settings& settings, io::FileSystem& files,
                                      const std::vector<std::string>& texts) {
  return embedded::remove_set_aside(files, embedded::LogSettings::from(settings).directory, texts);
}

Result<std::unique_ptr<store::PrivacyStore>> open_privacy_store(const config::Settings& settings, Random& random) {
  return open_privacy_store_at(data_path(settings, kPrivacyFile), random);
}

Result<std::unique_ptr<store::PrivacyStore>> open_privacy_store_at(const std::string& path, Random& random) {
  return sqlite::open_privacy(path, random);
}

Result<std::unique_ptr<store::KeptStore>> open_kept_store(const config::Settings& settings) {
  return sqlite::open_kept(data_path(settings, kKeptFile));
}

Result<std::unique_ptr<store::NotificationStore>> open_notification_store(const config::Settings& settings) {
  return sqlite::open_notifications(data_path(settings, kNotificationsFile));
}

Status copy_metadata_file(const std::string& from, const std::string& to) { return sqlite::copy_database(from, to); }

Result<log::RewriteCounts> rewrite_stopped_log(const config::Settings& settings, io::FileSystem& files, Random& random,
                                               const log::RecordEdit& edit) {
  return embedded::rewrite_archive(files, random, embedded::LogSettings::from(settings).directory, edit);
}

Result<std::unique_ptr<store::MetadataStore>> open_metadata_store(const config::Settings& settings) {
  return sqlite::open_metadata(data_path(settings, kMetadataFile));
}

Status check_analytics_store(const config::Settings& settings) {
  return duckdb::DuckDbStore::check(duckdb::DuckDbSettings::from(settings));
}

Result<std::unique_ptr<store::ProjectChanges>> open_project_changes(const config::Settings& settings) {
  return sqlite::open_project_changes(data_path(settings, kMetadataFile));
}

Result<std::unique_ptr<store::SchemaDeclarations>> open_schema_declarations(const config::Settings& settings) {
  return sqlite::open_schema_declarations(data_path(settings, kMetadataFile));
}

Result<std::unique_ptr<identity::IdentityStore>> open_identity_store(const config::Settings& settings) {
  return sqlite::open_identity(data_path(settings, kMetadataFile));
}

namespace {

// Without a url: empty.
Result<smtp::SmtpSettings> smtp_settings(const config::Settings& settings, io::FileSystem& files) {
  auto given = smtp::SmtpSettings::from_settings(settings);
  if (given.url.empty()) return given;
  const std::string links = settings.text("users.public_url");
  const bool usable = links.starts_with("https://") || links.starts_with("http://");
  if (!usable || links.find_first_of(" \t\r\n?#") != std::string::npos)
    return Error{"gm-config-invalid-value", "mail.url needs users.public_url: what links in letters begin with"};
  if (const std::string file = settings.text("mail.password_file"); !file.empty()) {
    auto password = read_secret_file(files, file);
    if (!password) return Error{"gm-config-invalid-value", "mail.password_file: " + password.error().message};
    given.password = std::move(*password);
  }
  if (const auto fits = given.check(); !fits) return fits.error();
  return given;
}

}  // namespace

Result<std::unique_ptr<identity::Outbox>> open_outbox(const config::Settings& settings, io::FileSystem& files,
                                                      const Clock& clock, Random& random) {
  auto given = smtp_settings(settings, files);
  if (!given) return given.error();
  if (given->url.empty()) return std::unique_ptr<identity::Outbox>();
  return std::unique_ptr<identity::Outbox>(std::make_unique<smtp::SmtpOutbox>(std::move(*given), clock, random));
}

Result<mail::MailSettings> mail_settings(const config::Settings& settings, io::FileSystem& files) {
  const auto given = smtp_settings(settings, files);
  if (!given) return given.error();
  return mail::MailSettings{given->url,     given->from,        given->user,      given->password,
                            given->ca_file, !given->loopback(), given->timeout_ms};
}

Status check_metadata_store(const config::Settings& settings) {
  return sqlite::check_metadata(data_path(settings, kMetadataFile));
}

Result<std::vector<SegmentFinding>> check_event_log(const config::Settings& settings, io::FileSystem& files,
                                                    bool repair) {
  const std::string directory = embedded::LogSettings::from(settings).directory;
  SystemRandom random;
  const auto reports = repair ? embedded::repair_log(directory, files, random) : embedded::check_log(directory, files);
  if (!reports) return reports.error();
  std::vector<SegmentFinding> findings;
  for (const embedded::SegmentReport& report : *reports) {
    const char* state = report.state == embedded::SegmentState::good   ? "good"
                        : report.state == embedded::SegmentState::torn ? "torn"
                                                                       : "corrupt";
    findings.push_back(
        {report.path, state, report.problem, report.quarantine, report.bytes, report.events, report.events_lost});
  }
  return findings;
}

std::unique_ptr<behavior::BehaviorIndex> make_behavior_index(const config::Settings& settings, const Platform& platform,
                                                             store::AnalyticsStore& store, const log::EventLog& log) {
  if (!settings.boolean("behavior.enabled")) return nullptr;
  return std::make_unique<behavior::BehaviorIndex>(
      behavior::BehaviorIndex::Dependencies{platform.files, store, platform.registry, platform.clock,
                                            platform.logger.component("behavior"),
                                            log.partition_count(log::Topic::events_raw)},
      behavior::IndexSettings::from(settings));
}

std::unique_ptr<store::RowFile> make_parquet(const config::Settings& settings) {
  return std::make_unique<duckdb::ParquetFile>(duckdb::ParquetFile::from(settings));
}

std::unique_ptr<store::LiveState> make_live_state(const config::Settings& settings, const Platform& platform) {
  return std::make_unique<embedded::EmbeddedLiveState>(embedded::LiveSettings::from(settings), platform.clock,
                                                       platform.registry);
}

}  // namespace gm::gamemetrics
