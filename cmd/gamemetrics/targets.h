#pragma once
// The module map: which adapter stands behind which port. targets.cc is the only file that names adapters.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/behavior/behavior_index.h"
#include "lib/config/settings.h"
#include "lib/io/file.h"
#include "lib/log/event_log.h"
#include "lib/store/analytics_store.h"
#include "lib/store/live_state.h"
#include "lib/store/metadata_store.h"
#include "lib/store/object_store.h"
#include "lib/store/row_file.h"
#include "lib/telemetry/logger.h"
#include "lib/telemetry/metrics.h"

namespace gm::gamemetrics {

struct Module {
  std::string_view target;  // what --target names
  std::string_view name;    // "service event_ingestion", "port event log"
  std::string_view made_of;
};
const std::vector<Module>& module_map();
std::string render_module_map();

// What the openers need from the process; all outlive what is opened.
struct Platform {
  io::FileSystem& files;
  const Clock& clock;
  telemetry::Registry& registry;
  telemetry::Logger logger;
  std::function<void(const Error&)> log_failed;  // the event log has stopped for good
};

Result<std::unique_ptr<log::EventLog>> open_event_log(const config::Settings& settings, const Platform& platform);
Result<std::unique_ptr<store::AnalyticsStore>> open_analytics_store(const config::Settings& settings,
                                                                    const Platform& platform);
// The analytics store's file, and a store in another file.
std::string analytics_store_file(const config::Settings& settings);
Result<std::unique_ptr<store::AnalyticsStore>> open_analytics_store_at(const config::Settings& settings,
                                                                       const std::string& path);
// Archive and log as one log that begins at 0; `log` outlives it. `gaps`: what neither has, as far as was read.
struct ReplayGap {
  std::string topic;
  log::Offset from = 0, upto = 0;
  std::string reason;
};
struct Replay {
  std::unique_ptr<log::EventLog> log;
  std::function<std::vector<ReplayGap>()> gaps;
};
Result<Replay> open_replay(const config::Settings& settings, io::FileSystem& files, log::EventLog& log);
std::unique_ptr<store::ObjectStore> make_object_store(const config::Settings& settings, io::FileSystem& files);
// The metadata store's file inside data_dir.
inline constexpr std::string_view kMetadataFile = "metadata.sqlite";
Result<std::unique_ptr<store::MetadataStore>> open_metadata_store(const config::Settings& settings);
// Would these open? They read only.
Status check_analytics_store(const config::Settings& settings);
Status check_metadata_store(const config::Settings& settings);
// Damage in a stopped event log, one row per segment.
struct SegmentFinding {
  std::string path, state, problem, quarantine;  // state: good, torn, corrupt
  uint64_t bytes = 0, events = 0, events_lost = 0;
};
Result<std::vector<SegmentFinding>> check_event_log(const config::Settings& settings, io::FileSystem& files,
                                                    bool repair);

// Null when behavior.enabled is off. Not started.
std::unique_ptr<behavior::BehaviorIndex> make_behavior_index(const config::Settings& settings, const Platform& platform,
                                                             store::AnalyticsStore& store, const log::EventLog& log);
std::unique_ptr<store::RowFile> make_parquet(const config::Settings& settings);
std::unique_ptr<store::LiveState> make_live_state(const config::Settings& settings, const Platform& platform);

}  // namespace gm::gamemetrics
