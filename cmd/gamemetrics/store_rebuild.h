#pragma once
// The analytics store made again from archive and log, beside the old one, which keeps its place until the new one is
// complete.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cmd/gamemetrics/targets.h"
#include "lib/base/clock.h"
#include "lib/config/settings.h"
#include "lib/io/file.h"
#include "lib/store/project_changes.h"
#include "lib/telemetry/logger.h"
#include "services/event_processor/project_directory.h"

namespace gm::gamemetrics {

struct Rebuilt {
  uint64_t events = 0, stored = 0, rejected = 0;
  std::vector<ReplayGap> gaps;  // events that neither archive nor log has
};

// With the data directory locked.
class StoreRebuild {
 public:
  StoreRebuild(const config::Settings& settings, io::FileSystem& files, telemetry::Logger logger)
      : settings_(settings), files_(files), logger_(std::move(logger)) {}

  // Lets a processor of its own read everything into a new store, showing its progress. `projects`: how the events are
  // counted.
  Result<Rebuilt> run(event_processor::ProjectDirectory& projects);
  // Puts the new store in the place of the old one, which stays beside it as old_store().
  Status replace();
  // The same for a store that changes.set_project() was called for, if it waits; finishes what a crash cut off. Answers
  // whether there was one.
  Result<bool> take_waiting(store::ProjectChanges& changes);
  Status remove_old();
  Status remove_new();
  std::string old_store() const;

 private:
  Result<Rebuilt> fill(event_processor::ProjectDirectory& projects);
  Result<Rebuilt> counts(store::AnalyticsStore& store, uint64_t total, std::vector<ReplayGap> gaps) const;
  std::string file() const { return analytics_store_file(settings_); }

  const config::Settings& settings_;
  io::FileSystem& files_;
  telemetry::Logger logger_;
  SystemClock clock_;
  telemetry::Registry registry_;
  std::optional<Error> error_;
};

// One red line on stderr for each gap.
void say_gaps(const Rebuilt& rebuilt);

}  // namespace gm::gamemetrics
