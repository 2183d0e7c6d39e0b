#include "services/event_processor/processor.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "lib/base/memory.h"
#include "lib/telemetry/catalog.h"
#include "lib/telemetry/catalog_privacy.h"
#include "services/event_processor/batch_plan.h"
#include "services/event_processor/player_rectification.h"
#include "services/event_processor/player_removal.h"

namespace gm::event_processor {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;
constexpr double kMsPerSecondReal = 1000.0;
constexpr int64_t kIdleWaitMs = 50;  // how long stop() may have to wait for an idle processor
constexpr int64_t kRetryMinMs = 50;
constexpr int64_t kRetryMaxMs = 5000;
// Errors that trying again cannot mend: a statement that the store refuses, a log record of a newer program.
constexpr std::array<std::string_view, 2> kNeverWorks = {"gm-store-refused", "gm-log-version"};
constexpr std::string_view kStoreLost = "gm-store-corrupt";  // of a rewrite: there is no store to go on with
constexpr int64_t kLivePastMs = 30 * kMsPerMinute;
constexpr int64_t kIdleAfterMs = 10'000;
constexpr int64_t kIdleCompactionShare = 20;  // an idle processor merges a twentieth of the usual number of changes

}  // namespace

class Processor::Worker {
 public:
  Worker(Dependencies dependencies, const ProcessorSettings& settings)
      : deps_(std::move(dependencies)),
        settings_(settings),
        source_(deps_.log, deps_.metrics, deps_.logger),
        deduper_(deps_.store, settings.dedupe_bytes_max, settings.dedupe_window_ms),
        players_(static_cast<size_t>(settings.players_cached_max)),
        planner_(deps_.store, deps_.projects, deduper_, players_, settings_, deps_.erased) {}
  ~Worker() { stop(); }

  Status start() {
    const auto positions = deps_.store.positions();
    if (!positions) return positions.error();
    if (auto resumed = source_.resume(positions.value(), deps_.clock.now_ms()); !resumed) return resumed;
    quiet_since_ns_ = deps_.clock.monotonic_ns();
    {
      const std::lock_guard lock(mutex_);
      note_applied();
    }
    thread_ = std::thread([this] { run(); });
    return {};
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  bool wait_until(const std::function<bool()>& reached, int64_t timeout_ms) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(timeout_ms), [&] { return reached() || stopping_ || failed_; });
    return reached();
  }
  // With mutex_ held (inside `reached`).
  log::Offset applied(log::Topic topic, log::Partition partition) const {
    const auto found = applied_.find({topic, partition});
    return found == applied_.end() ? 0 : found->second;
  }
  log::EventLog& log() { return deps_.log; }
  PlayerRemoval removal() { return {deps_.store, deps_.projects, settings_}; }
  PlayerRectifier rectifier() { return {deps_.store, removal(), settings_}; }

  // Runs `work` on the thread, and waits for it.
  Status between_batches(const std::function<Status()>& work) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return work_ == nullptr || stopping_ || failed_; });
    work_ = &work;
    work_done_.reset();
    changed_.wait(lock, [this] { return work_done_ || stopping_ || failed_; });
    // The thread may be at it: it is waited for, since the work is the caller's.
    changed_.wait(lock, [this] { return work_done_ || !working_; });
    const Status done =
        work_done_.value_or(Error{"gm-processor-stopped", "the processor ends; the next start goes on with it"});
    work_ = nullptr;
    changed_.notify_all();
    return done;
  }

  ProcessorProgress progress() {
    ProcessorProgress progress;
    const log::Topic topic = log::Topic::events_raw;
    const std::lock_guard lock(mutex_);
    for (log::Partition p = 0; p < deps_.log.partition_count(topic); ++p) {
      progress.log_end += deps_.log.end(topic, p);
      progress.processed += applied(topic, p);
    }
    for (log::Partition p = 0; p < deps_.log.partition_count(log::Topic::events_rejected); ++p) {
      const log::Offset end = deps_.log.end(log::Topic::events_rejected, p);
      const log::Offset done = applied(log::Topic::events_rejected, p);
      progress.rejected_waiting += end > done ? end - done : 0;
    }
    progress.last_commit_ms = last_commit_ms_;
    progress.complete_to_ms = complete_to_ms();
    const bool waiting = progress.processed < progress.log_end || progress.rejected_waiting > 0;
    const int64_t quiet_ms = (deps_.clock.monotonic_ns() - quiet_since_ns_) / kNsPerMs;
    progress.failed = failed_;
    progress.stalled = failed_ || (waiting && quiet_ms >= settings_.stalled_after_ms);
    return progress;
  }

 private:
  void run() {
    if (!retry("store", [this] { return deduper_.warm(stopping_); })) return;
    last_batch_ns_ = deps_.clock.monotonic_ns() - settings_.interval_ms * kNsPerMs;
    while (!stopping_ && !failed_) {
      work();
      const int64_t now_ms = deps_.clock.now_ms();
      const uint64_t waiting = source_.waiting();
      if (waiting == 0) {
        note_caught_up(now_ms);
        set_lag();
        compact_when_idle();
        rest_when_idle();
        source_.wait(kIdleWaitMs);
        continue;
      }
      const int64_t since_last_ms = (deps_.clock.monotonic_ns() - last_batch_ns_) / kNsPerMs;
      if (waiting < static_cast<uint64_t>(settings_.batch_events_max) && since_last_ms < settings_.interval_ms) {
        // Few and fresh: more will come, and one larger transaction costs less than two small ones.
        pause(settings_.interval_ms - since_last_ms);
        continue;
      }
      step();
    }
  }

  void work() {
    const std::function<Status()>* work = nullptr;
    {
      const std::lock_guard lock(mutex_);
      if (work_done_) return;
      work = work_;
      working_ = work != nullptr;
    }
    if (work == nullptr) return;
    Status done = (*work)();
    // Players, shapes: what is held of the store may not be so any more.
    players_.clear();
    planner_.rest();
    if (!done && done.error().code == kStoreLost) fail(done.error());
    {
      const std::lock_guard lock(mutex_);
      working_ = false;
      work_done_ = std::move(done);
    }
    changed_.notify_all();
  }

  void step() {
    Input input =
        source_.read(static_cast<size_t>(settings_.batch_events_max), static_cast<size_t>(settings_.batch_bytes_max));
    if (input.next.empty()) {  // the log could not be read; it has been reported
      pause(read_delay_ms_);
      read_delay_ms_ = std::min(2 * read_delay_ms_, kRetryMaxMs);
      return;
    }
    read_delay_ms_ = kRetryMinMs;
    const bool cut = cut_at_undo(input);
    BatchPlan plan(std::move(input));
    if (!retry("store", [&] { return planner_.prepare(plan); })) return;
    planner_.finish(plan);
    const int64_t started_ns = deps_.clock.monotonic_ns();
    // Once the plan is finished the players held are ahead of the store, so it is applied or the thread ends.
    bool tried = false;
    if (!retry("store", [&] { return apply_once(plan.batch(), tried); })) return;
    const int64_t ended_ns = deps_.clock.monotonic_ns();
    deps_.metrics.histogram(telemetry::kProcessorApplyDuration).observe(seconds(ended_ns - started_ns));
    // What was cut off has waited its time.
    last_batch_ns_ = cut ? ended_ns - settings_.interval_ms * kNsPerMs : ended_ns;
    rested_ = false;
    quiet_since_ns_ = ended_ns;
    after_commit(plan);
    compact_when_due();
  }

  // A commit may fail to answer and still have happened. So after a failure the stored positions are asked first, and
  // nothing is applied again before they have answered.
  Status apply_once(const store::MicroBatch& batch, bool& tried) {
    if (tried) {
      const auto stored = deps_.store.positions();
      if (!stored) return stored.error();
      if (holds(stored.value(), batch.positions)) return {};
    }
    tried = true;
    return deps_.store.apply(batch);
  }

  static bool holds(const std::vector<store::LogPosition>& stored, const std::vector<store::LogPosition>& wanted) {
    return std::all_of(wanted.begin(), wanted.end(), [&](const store::LogPosition& one) {
      return std::any_of(stored.begin(), stored.end(), [&](const store::LogPosition& other) {
        return other.topic == one.topic && other.partition == one.partition && other.next == one.next;
      });
    });
  }

  void after_commit(const BatchPlan& plan) {
    const store::MicroBatch& batch = plan.batch();
    if (deps_.stored) deps_.stored(batch);
    deduper_.remember(plan.new_ids());
    players_.evict();
    source_.advance(plan.input());
    unmerged_rows_ += static_cast<int64_t>(batch.delta_rows());
    const int64_t now_ms = deps_.clock.now_ms();
    for (const auto& [project, events] : plan.live_events(now_ms - kLivePastMs)) deps_.live.publish(project, events);
    for (const store::LogPosition& position : batch.positions) {
      const auto released = deps_.log.release(position.topic, position.partition, position.next);
      report("log_release", released);
    }
    {
      // Together, so that who sees the new position sees what was counted for it.
      const std::lock_guard lock(mutex_);
      count(plan, now_ms);
      last_commit_ms_ = now_ms;
      note_applied();
    }
    changed_.notify_all();
    set_lag();
  }

  void count(const BatchPlan& plan, int64_t now_ms) {
    const store::MicroBatch& batch = plan.batch();
    deps_.metrics.counter(telemetry::kProcessorEvents).add(batch.events.size());
    deps_.metrics.counter(telemetry::kProcessorDuplicates).add(batch.duplicates);
    deps_.metrics.counter(telemetry::kProcessorForeignCurrency).add(plan.unconverted_events());
    deps_.metrics.counter(telemetry::kProcessorSessionsJoined).add(plan.events_joined_by_time());
    deps_.metrics.counter(telemetry::kErasedPlayersEvents, {"processor"}).add(plan.events_of_erased());
    for (const auto& [outcome, claims] : plan.link_outcomes()) {
      deps_.metrics.counter(telemetry::kProcessorLinks, {outcome}).add(claims);
    }
    for (const store::ShapeOverflowDelta& overflow : batch.shape_overflows) {
      deps_.metrics.counter(telemetry::kProcessorSchemaOverflow, {overflow.reason})
          .add(static_cast<uint64_t>(overflow.times));
    }
    std::map<std::string_view, uint64_t> reasons;
    for (const store::RejectedRow& row : batch.rejected) ++reasons[row.reason];
    for (const auto& [reason, events] : reasons) deps_.metrics.counter(telemetry::kProcessorDlq, {reason}).add(events);
    telemetry::Histogram& freshness = deps_.metrics.histogram(telemetry::kEventToQuery);
    for (const store::EventRow& row : batch.events) {
      freshness.observe(static_cast<double>(now_ms - row.received_ms) / kMsPerSecondReal);
    }
    for (const store::LogPosition& position : batch.positions) {
      deps_.metrics.gauge(telemetry::kProcessorLastCommit, {log::topic_name(position.topic)})
          .set(static_cast<double>(now_ms) / kMsPerSecondReal);
    }
  }

  void note_caught_up(int64_t now_ms) {
    quiet_since_ns_ = deps_.clock.monotonic_ns();
    const std::lock_guard lock(mutex_);
    source_.note_caught_up(now_ms);
    complete_to_ms_ = source_.complete_to_ms();
  }

  // With mutex_ held.
  void note_applied() {
    for (const store::LogPosition& position : source_.positions()) {
      applied_[{position.topic, position.partition}] = position.next;
    }
    complete_to_ms_ = source_.complete_to_ms();
  }

  // With mutex_ held: the earliest among the partitions of events that are behind.
  std::optional<int64_t> complete_to_ms() const {
    std::optional<int64_t> earliest;
    for (const auto& [partition, ms] : complete_to_ms_) {
      if (deps_.log.end(log::Topic::events_raw, partition) <= applied(log::Topic::events_raw, partition)) continue;
      earliest = std::min(earliest.value_or(ms), ms);
    }
    return earliest;
  }

  void set_lag() {
    std::map<log::Topic, double> lag;
    for (const store::LogPosition& position : source_.positions()) {
      const log::Offset end = deps_.log.end(position.topic, position.partition);
      lag[position.topic] += end > position.next ? static_cast<double>(end - position.next) : 0.0;
    }
    for (const auto& [topic, events] : lag) {
      deps_.metrics.gauge(telemetry::kProcessorLag, {log::topic_name(topic)}).set(events);
    }
  }

  void compact_when_due() {
    if (unmerged_rows_ >= settings_.compaction_rows) compact();
  }
  bool idle() const { return deps_.clock.monotonic_ns() - last_batch_ns_ >= kIdleAfterMs * kNsPerMs; }
  void compact_when_idle() {
    if (idle() && unmerged_rows_ >= settings_.compaction_rows / kIdleCompactionShare) compact();
  }
  // Once after each burst: memory that only the burst needed goes back. Players are read from the store again when they
  // show up, as after a start.
  void rest_when_idle() {
    if (rested_ || !idle()) return;
    rested_ = true;
    players_.clear();
    planner_.rest();
    report("rest", deps_.store.rest());
    return_free_memory();
  }
  void compact() {
    const int64_t started_ns = deps_.clock.monotonic_ns();
    // Merging changes no answer, so a failure only waits for the next turn.
    report("compaction", deps_.store.compact());
    unmerged_rows_ = 0;
    deps_.metrics.histogram(telemetry::kProcessorCompactionDuration)
        .observe(seconds(deps_.clock.monotonic_ns() - started_ns));
  }

  // Tries until it works; false when the processor is stopped before that, or when trying again cannot help. Of the
  // latter: whatever players can send is bounded where it is read and added up, so a statement that the store can never
  // run is a defect of ours or a damaged file. To guess a guilty player and leave his acknowledged events out would
  // make numbers wrong in silence; to try forever would do the same to everybody's. So the processor ends, loudly, with
  // the log holding everything; a new process starts from a store that DuckDB opened afresh, which mends the most
  // likely cause, or `gamemetrics rebuild` makes a new one.
  bool retry(std::string_view sink, const std::function<Status()>& action) {
    for (int64_t delay_ms = kRetryMinMs; !stopping_; delay_ms = std::min(2 * delay_ms, kRetryMaxMs)) {
      const auto done = action();
      report(sink, done);
      if (done.ok()) return true;
      if (std::find(kNeverWorks.begin(), kNeverWorks.end(), done.error().code) != kNeverWorks.end()) {
        fail(done.error());
        return false;
      }
      pause(delay_ms);
    }
    return false;
  }

  void fail(const Error& error) {
    {
      const std::lock_guard lock(mutex_);
      failed_ = true;
    }
    changed_.notify_all();
    if (deps_.failed) deps_.failed(error);
  }

  // Counts every failure; a line is written when a sink begins to fail and when it works again.
  void report(std::string_view sink, const Status& done) {
    if (done.ok()) {
      if (failing_.erase(sink) > 0) deps_.logger.info("works again", {{"sink", sink}});
      return;
    }
    deps_.metrics.counter(telemetry::kProcessorErrors, {sink}).add();
    const Error& error = done.error();
    if (std::exchange(failing_[sink], error.code) == error.code) return;
    deps_.logger.error("the processor will try again",
                       {{"sink", sink}, {"code", error.code}, {"detail", error.message}});
  }

  void pause(int64_t ms) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(ms), [this] { return stopping_.load(); });
  }

  static double seconds(int64_t ns) { return static_cast<double>(ns) / 1e9; }

  Dependencies deps_;
  ProcessorSettings settings_;
  LogSource source_;
  Deduper deduper_;
  PlayerCache players_;
  BatchPlanner planner_;
  int64_t last_batch_ns_ = 0;
  bool rested_ = false;  // since the last batch
  int64_t unmerged_rows_ = 0;
  int64_t read_delay_ms_ = kRetryMinMs;
  std::map<std::string_view, std::string> failing_;  // code by sink
  std::atomic<int64_t> quiet_since_ns_{0};  // of the last commit, or of the last look that found nothing waiting

  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::atomic<bool> stopping_{false}, failed_{false};
  std::map<std::pair<log::Topic, log::Partition>, log::Offset> applied_;
  std::map<log::Partition, int64_t> complete_to_ms_;
  int64_t last_commit_ms_ = 0;
  const std::function<Status()>* work_ = nullptr;  // of between_batches()
  std::optional<Status> work_done_;
  bool working_ = false;
  std::thread thread_;
};

Processor::Processor(Dependencies dependencies, const ProcessorSettings& settings)
    : worker_(std::make_unique<Worker>(std::move(dependencies), settings)) {}
Processor::~Processor() = default;

Status Processor::start() { return worker_->start(); }
void Processor::stop() { worker_->stop(); }

bool Processor::wait_until_applied(log::Topic topic, log::Partition partition, log::Offset upto, int64_t timeout_ms) {
  return worker_->wait_until([&] { return worker_->applied(topic, partition) >= upto; }, timeout_ms);
}

bool Processor::catch_up(int64_t timeout_ms) {
  std::vector<store::LogPosition> ends;
  for (const log::Topic topic : {log::Topic::events_raw, log::Topic::events_rejected}) {
    for (log::Partition p = 0; p < worker_->log().partition_count(topic); ++p) {
      ends.push_back({topic, p, worker_->log().end(topic, p)});
    }
  }
  return worker_->wait_until(
      [&] {
        return std::all_of(ends.begin(), ends.end(), [&](const store::LogPosition& end) {
          return worker_->applied(end.topic, end.partition) >= end.next;
        });
      },
      timeout_ms);
}

ProcessorProgress Processor::progress() const { return worker_->progress(); }

Result<std::vector<std::string>> Processor::ids_of(ProjectId project, const std::string& player_id) {
  std::vector<std::string> ids;
  const Status asked = worker_->between_batches([&]() -> Status {
    auto found = worker_->removal().ids_of(project, player_id);
    if (!found) return found.error();
    ids = std::move(*found);
    return {};
  });
  if (!asked) return asked.error();
  return ids;
}

Result<store::ErasedRows> Processor::erase_player(ProjectId project, const std::vector<std::string>& ids) {
  store::ErasedRows rows;
  const Status erased = worker_->between_batches([&]() -> Status {
    const auto done = worker_->removal().erase(project, ids);
    if (!done) return done.error();
    rows = *done;
    return {};
  });
  if (!erased) return erased.error();
  return rows;
}

Result<int64_t> Processor::rectify_player(ProjectId project, const std::vector<std::string>& ids,
                                          const event::Correction& correction, int64_t until_ms) {
  int64_t events = 0;
  const Status rectified = worker_->between_batches([&]() -> Status {
    const auto done = worker_->rectifier().rectify(project, ids, correction, until_ms);
    if (!done) return done.error();
    events = *done;
    return {};
  });
  if (!rectified) return rectified.error();
  return events;
}

Status Processor::rewrite_store() {
  return worker_->between_batches([&] { return worker_->removal().rewrite(); });
}

}  // namespace gm::event_processor
