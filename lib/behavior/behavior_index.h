#pragma once
// The behaviour index of a whole analytics store: fed with what the store takes, kept up by a thread of its own, and
// asked for everything that the store holds of a project.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "lib/base/clock.h"
#include "lib/base/result.h"
#include "lib/behavior/identity_keeper.h"
#include "lib/behavior/partition_index.h"
#include "lib/behavior/store_reader.h"
#include "lib/config/settings.h"
#include "lib/io/file.h"
#include "lib/store/analytics_store.h"
#include "lib/telemetry/logger.h"
#include "lib/telemetry/metrics.h"

namespace gm::behavior {

struct IndexSettings {
  std::string directory;   // behavior.directory; one folder a partition
  IndexLimits limits;      // behavior.memory_max, behavior.run_events
  int64_t read_max = 0;    // log positions read from the store at once; query.rows_max bounds it
  int64_t timeout_ms = 0;  // of one statement: query.timeout
  static IndexSettings from(const config::Settings& settings);
};

// Nothing here fails a reader or the processor: while the index is missing, behind, damaged or cannot be written,
// snapshot() says so, and the thread mends it. start(), stop() and feed() are called by one thread at a time, the
// others by any.
class BehaviorIndex {
 public:
  // All of these outlive the index.
  struct Dependencies {
    io::FileSystem& files;
    store::AnalyticsStore& store;
    telemetry::Registry& metrics;
    const Clock& clock;
    telemetry::Logger logger;
    log::Partition partitions = 1;  // of events.raw
  };
  BehaviorIndex(Dependencies dependencies, const IndexSettings& settings);
  ~BehaviorIndex();  // stops

  // Before the first feed(). From here on the index comes up to the store by itself.
  void start();
  // What is in memory becomes durable, so that the next start finds all of it.
  void stop();

  // What the store has just taken: every batch, in their order; never waits for the disk. What was stored before the
  // first one, and what memory has no room for, is read from the store.
  void feed(const store::MicroBatch& batch);

  // The project's events, at least all those that the store held at the call, and who is who with them. Errors kBehind,
  // kCorrupt, and the store's.
  Result<Snapshot> snapshot(ProjectId project) const;
  // A question met kCorrupt: everything is dropped and read from the store again.
  void report_damage();

  // Everything that the store holds now is in the index; false after `timeout_ms`.
  bool catch_up(int64_t timeout_ms);

 private:
  struct Part {
    log::Partition number = 0;
    std::shared_ptr<PartitionIndex> index;  // guarded by mutex_; null: not opened yet
    uint64_t generation = 0;                // guarded by mutex_; of the store that `index` was opened for
    std::optional<log::Offset> fed;         // of feed(): the position behind the last batch
  };

  void run();
  Result<bool> work();
  Result<bool> keep_up(Part& part, const StoreState& state);
  Status open(Part& part, const StoreState& state);
  Result<bool> read_on(Part& part, PartitionIndex& index, log::Offset position);
  Result<Snapshot> collect(ProjectId project) const;
  Status begin_anew(PartitionIndex& index, std::string_view reason);
  std::shared_ptr<PartitionIndex> held(const Part& part) const;
  bool is_complete(const StoreState& state) const;
  void report(const Status& done);
  void tell_metrics(const StoreState& state);

  Dependencies deps_;
  const IndexSettings settings_;
  StoreReader reader_;
  IdentityKeeper identities_;
  std::string failing_;  // of the thread: the code of the error that the log has heard of
  std::atomic<bool> damaged_{false};

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> stopping_{false};
  bool fed_ = false;  // guarded by mutex_: something is new since the last look
  std::vector<Part> parts_;
  std::thread thread_;
};

}  // namespace gm::behavior
