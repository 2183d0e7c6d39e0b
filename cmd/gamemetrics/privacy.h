#pragma once
// Privacy requests of a running server: what their service needs, from the adapters and the other services.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "lib/base/random.h"
#include "lib/behavior/behavior_index.h"
#include "lib/config/settings.h"
#include "lib/http/message.h"
#include "lib/identity/identity_store.h"
#include "lib/io/file.h"
#include "lib/log/event_log.h"
#include "lib/log/log_rewrite.h"
#include "lib/store/erasable_store.h"
#include "lib/store/object_store.h"
#include "lib/store/privacy_store.h"
#include "lib/store/row_file.h"
#include "services/data_retention/kept_out_lists.h"
#include "services/data_retention/player_export.h"
#include "services/data_retention/privacy_routes.h"
#include "services/data_retention/privacy_worker.h"
#include "services/event_processor/processor.h"

namespace gm::gamemetrics {

// The privacy store's file inside data_dir.
inline constexpr std::string_view kPrivacyFile = "privacy.sqlite";
Result<std::unique_ptr<store::PrivacyStore>> open_privacy_store(const config::Settings& settings, Random& random);
Result<std::unique_ptr<store::PrivacyStore>> open_privacy_store_at(const std::string& path, Random& random);

// What the log keeps besides its segments: those that were archived, and what a repair has set aside.
Result<log::RewriteCounts> rewrite_archived_log(const config::Settings& settings, io::FileSystem& files, Random& random,
                                                const log::RecordEdit& edit);
Result<uint64_t> remove_set_aside_log(const config::Settings& settings, io::FileSystem& files,
                                      const std::vector<std::string>& texts);

// The log's own segments, while no process has it open; the newest one must have been ended by a clean stop or a
// recovery.
Result<log::RewriteCounts> rewrite_stopped_log(const config::Settings& settings, io::FileSystem& files, Random& random,
                                               const log::RecordEdit& edit);
// Of a file of the metadata, as of one moment; it may be in use.
Status copy_metadata_file(const std::string& from, const std::string& to);

class Privacy {
 public:
  // All of these outlive it; `behavior` may be null.
  struct Dependencies {
    const config::Settings& settings;
    io::FileSystem& files;
    Random& random;
    const Clock& clock;
    telemetry::Registry& metrics;
    telemetry::Logger logger;
    store::PrivacyStore& requests;
    data_retention::KeptOutLists& lists;
    log::EventLog& log;
    store::ErasableLive& live;
    event_processor::Processor& processor;
    store::AnalyticsStore& store;
    store::RowFile& parquet;
    behavior::BehaviorIndex* behavior;
    identity::IdentityStore& identity;
    std::function<std::string(const http::Request&)> client_address;
  };
  explicit Privacy(Dependencies dependencies);

  using Authorise = std::function<std::variant<security::Principal, http::Response>(const http::Request&)>;
  void register_routes(http::Router& router, Authorise authorise);
  void start() { worker_.start(); }
  void stop() { worker_.stop(); }

 private:
  data_retention::ErasurePlaces places();
  Status rewrite_store();
  data_retention::PlayerExport::Dependencies export_parts();
  bool catch_up(int64_t timeout_ms);
  Status note(const http::Request& request, const security::Principal& principal, std::string_view did,
              const std::string& id);

  const Dependencies d_;
  const std::unique_ptr<store::ObjectStore> objects_;
  data_retention::PlayerExport exports_;
  data_retention::PrivacyWorker worker_;
};

}  // namespace gm::gamemetrics
