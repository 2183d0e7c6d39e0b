#pragma once
// From log frames to one micro-batch: what to store, and what to remember once it is stored.

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "lib/store/analytics_store.h"
#include "lib/store/live_state.h"
#include "services/event_processor/day_calendar.h"
#include "services/event_processor/deduper.h"
#include "services/event_processor/event_time.h"
#include "services/event_processor/log_source.h"
#include "services/event_processor/player_cache.h"
#include "services/event_processor/processor_settings.h"
#include "services/event_processor/project_directory.h"

namespace gm::event_processor {

// One micro-batch on its way. Owns the bytes that the rows point into.
class BatchPlan {
 public:
  explicit BatchPlan(Input input) : input_(std::move(input)) {}

  const store::MicroBatch& batch() const { return batch_; }
  const Input& input() const { return input_; }
  const std::vector<ReceivedId>& new_ids() const { return new_ids_; }
  uint64_t foreign_currency_events() const { return foreign_currency_; }
  uint64_t events_joined_by_time() const { return joined_by_time_; }
  // The stored events at or after `since_ms`, in processing order.
  std::vector<std::pair<ProjectId, std::vector<store::LiveEvent>>> live_events(int64_t since_ms) const;

 private:
  friend class BatchPlanner;
  struct Group {  // the batch's events of one player
    ProjectId project;
    std::string_view player_id;
    uint64_t hash = 0;
    uint32_t first_event = 0;
    uint32_t events = 0;
    Player* player = nullptr;
  };
  struct Candidate {  // an event of the log, in log order
    const event::BatchInfo* info = nullptr;
    const event::Event* event = nullptr;
    log::Partition partition = 0;
    log::Offset offset = 0;
    int64_t clock_offset_ms = 0;
  };

  Input input_;
  bool decoded_ = false;
  std::vector<event::Batch> batches_;
  std::vector<event::RejectedBatch> rejected_;
  std::vector<Candidate> candidates_;
  std::vector<ReceivedId> new_ids_;
  std::vector<PlayerEvent> events_;  // of new ids only, in log order
  std::vector<uint32_t> group_of_;   // per event
  std::vector<Group> groups_;
  std::vector<PlayerEvent> grouped_;  // events_ by player
  std::vector<bool> late_;            // per event
  std::deque<std::string> details_;   // texts that rejected rows point to
  store::MicroBatch batch_;
  uint64_t foreign_currency_ = 0;
  uint64_t joined_by_time_ = 0;
};

// One thread.
class BatchPlanner {
 public:
  BatchPlanner(store::AnalyticsStore& store, ProjectDirectory& projects, Deduper& deduper, PlayerCache& players,
               const ProcessorSettings& settings);

  // Asks the store and the projects. Changes nothing but the plan, so it may be tried again after an error.
  Status prepare(BatchPlan& plan);
  // Works out the batch; cannot fail. Afterwards the players held are as they will be once the batch is stored, so the
  // batch must be applied, however long that takes, before the next is prepared.
  void finish(BatchPlan& plan);

 private:
  struct Project {
    ProjectProfile profile;
    DayCalendar calendar;
  };

  // Error gm-log-version: a record of a newer program; the plan is of no use then.
  Status decode(BatchPlan& plan) const;
  Status decode_events(BatchPlan& plan, const InputFrame& input) const;
  Status decode_rejected(BatchPlan& plan, const InputFrame& input) const;
  Status keep_malformed(BatchPlan& plan, const InputFrame& input, const Error& error) const;
  // The candidates that are no repeats.
  Result<std::vector<size_t>> find_new(BatchPlan& plan);
  Status look_up_projects(const BatchPlan& plan);
  void judge_events(BatchPlan& plan, const std::vector<size_t>& kept);
  static void group_by_player(BatchPlan& plan);
  Status find_players(BatchPlan& plan);
  Status load(BatchPlan& plan, const std::vector<uint32_t>& groups, bool everything);
  bool knows_enough_for(const BatchPlan& plan, const BatchPlan::Group& group) const;
  static std::span<const PlayerEvent> events_of(const BatchPlan& plan, const BatchPlan::Group& group);
  void count_events(BatchPlan& plan, Rollups& rollups) const;

  store::AnalyticsStore* store_;
  ProjectDirectory* directory_;
  Deduper* deduper_;
  PlayerCache* players_;
  TimeRules time_rules_;
  SessionRules session_rules_;
  size_t rejected_raw_bytes_max_;
  std::unordered_map<ProjectId, Project> projects_;
};

}  // namespace gm::event_processor
