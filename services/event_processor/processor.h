#pragma once
// The event processor: takes durable events from the log, works out what they change, and applies it to the analytics
// store together with the log position, so that every event is counted exactly once.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/base/clock.h"
#include "lib/event/correction.h"
#include "lib/log/event_log.h"
#include "lib/security/erased_ids.h"
#include "lib/store/analytics_store.h"
#include "lib/store/erasable_store.h"
#include "lib/store/live_state.h"
#include "lib/telemetry/logger.h"
#include "lib/telemetry/metrics.h"
#include "services/event_processor/processor_settings.h"
#include "services/event_processor/project_directory.h"

namespace gm::event_processor {

struct ProcessorProgress {
  uint64_t log_end = 0;           // durable events of events.raw, all partitions
  uint64_t processed = 0;         // of these: applied to the store
  uint64_t rejected_waiting = 0;  // durable events of events.rejected that are not yet visible
  int64_t last_commit_ms = 0;     // 0: nothing was applied since the start
  // Every event that became durable up to this moment (Unix ms) is applied; nullopt: everything durable is.
  std::optional<int64_t> complete_to_ms;
  bool failed = false;   // ended by an error that trying again cannot mend
  bool stalled = false;  // events have waited for processor.stalled_after, and none was applied in that time
};

// Has a thread of its own from start() to stop(). The other methods may be called from any thread.
class Processor {
 public:
  // All of these outlive the processor.
  struct Dependencies {
    log::EventLog& log;
    store::AnalyticsStore& store;
    store::LiveState& live;
    ProjectDirectory& projects;
    telemetry::Registry& metrics;
    const Clock& clock;
    telemetry::Logger logger;  // a default-constructed one discards
    // Called once, on the processor's thread, when it has met an error that trying again cannot mend. It has ended
    // then, and the process should.
    std::function<void(const Error&)> failed = {};
    // Called on the processor's thread with every micro-batch once it is stored, in their order and before anybody is
    // told of it. The batch lives as long as the call. What is derived from stored events is fed by it.
    std::function<void(const store::MicroBatch&)> stored = {};
    // Whose events are passed over, wherever they come from; null: nobody's.
    const security::ErasedIds* erased = nullptr;
  };

  Processor(Dependencies dependencies, const ProcessorSettings& settings);
  ~Processor();  // stops

  // Resumes at the stored positions. Errors: those of the store; gm-log-behind-store; gm-store-behind-log.
  Status start();
  // Ends at the next batch boundary; what is not applied stays in the log.
  void stop();

  // True when every event below `upto` is applied; false after `timeout_ms` or stop().
  bool wait_until_applied(log::Topic topic, log::Partition partition, log::Offset upto, int64_t timeout_ms);
  // True when everything that was durable at the call is applied.
  bool catch_up(int64_t timeout_ms);
  ProcessorProgress progress() const;

  // Done on the processor's thread between two batches, which the caller waits for. Errors: those of the store,
  // gm-erasure-unsupported, gm-processor-stopped.
  // All ids of the player whom `player_id` names; that one first.
  Result<std::vector<std::string>> ids_of(ProjectId project, const std::string& player_id);
  Result<store::ErasedRows> erase_player(ProjectId project, const std::vector<std::string>& ids);
  // Puts right what is stored of events that were received up to `until_ms`; how many there were.
  Result<int64_t> rectify_player(ProjectId project, const std::vector<std::string>& ids,
                                 const event::Correction& correction, int64_t until_ms);
  Status rewrite_store();

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace gm::event_processor
