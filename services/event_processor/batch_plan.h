#pragma once
// From log frames to one micro-batch: what to store, and what to remember once it is stored.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "lib/security/erased_ids.h"
#include "lib/store/analytics_store.h"
#include "lib/store/live_state.h"
#include "services/event_processor/day_calendar.h"
#include "services/event_processor/deduper.h"
#include "services/event_processor/event_time.h"
#include "services/event_processor/log_source.h"
#include "services/event_processor/money.h"
#include "services/event_processor/opened_sessions.h"
#include "services/event_processor/player_cache.h"
#include "services/event_processor/player_links.h"
#include "services/event_processor/processor_settings.h"
#include "services/event_processor/project_directory.h"
#include "services/event_processor/schema_learner.h"

namespace gm::event_processor {

// One micro-batch on its way. Owns the bytes that the rows point into.
class BatchPlan {
 public:
  explicit BatchPlan(Input input) : input_(std::move(input)) {}

  const store::MicroBatch& batch() const { return batch_; }
  const Input& input() const { return input_; }
  const std::vector<ReceivedId>& new_ids() const { return new_ids_; }
  uint64_t unconverted_events() const { return unconverted_.size(); }
  uint64_t events_joined_by_time() const { return joined_by_time_; }
  uint64_t events_of_erased() const { return events_of_erased_; }
  // What came of the claims that two ids are one player: how many, by LinkRow::outcome.
  const std::map<std::string_view, uint64_t>& link_outcomes() const { return link_outcomes_; }
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
    bool whole = false;        // a link may join him to another: nothing of him may be missing
    bool receives = false;     // a link may join another to him: nothing after the other's first event may be missing
    Player* player = nullptr;  // the canonical one, which several groups may share
  };
  struct Candidate {  // an event of the log, in log order
    const event::BatchInfo* info = nullptr;
    const event::Event* event = nullptr;
    log::Partition partition = 0;
    log::Offset offset = 0;
    int64_t clock_offset_ms = 0;
  };
  struct Link {  // a claim that two ids are one player, in log order
    uint32_t event = 0;
    LinkClaim claim;
    std::string_view refusal;             // empty: depends on who the two are
    std::optional<uint32_t> other_group;  // then: of the other id
  };

  Input input_;
  bool decoded_ = false;
  std::vector<event::Batch> batches_;
  std::vector<event::RejectedBatch> rejected_;
  std::vector<Candidate> candidates_;
  std::vector<ReceivedId> new_ids_;
  MoneyConverter money_;
  std::vector<PlayerEvent> events_;    // of new ids only, in log order
  std::vector<uint32_t> group_of_;     // per event
  std::vector<uint32_t> unconverted_;  // those with money that no rate converts
  std::vector<Group> groups_;
  std::vector<PlayerEvent> grouped_;  // events_ by player
  std::vector<uint32_t> marks_;       // of events_: those that may cut a session
  OpenedSessions opened_;
  std::vector<bool> late_;                             // per event
  std::deque<std::string> details_;                    // texts that rejected rows point to
  std::map<ProjectId, PlayerEvent> earliest_joining_;  // the first moment of those who may be joined to others
  std::deque<Link> links_;                             // groups point to their texts
  std::optional<event::LinkUndo> undo_;                // then this is all of the batch
  std::optional<std::string> parted_;                  // the id of the player whom it parts
  std::map<std::string_view, uint64_t> link_outcomes_;
  store::MicroBatch batch_;
  uint64_t joined_by_time_ = 0;
  uint64_t events_of_erased_ = 0;
};

// An undo looks at what is stored, so it is a batch of its own: leaves of the input what comes before the first one, or
// that one alone. True when something was cut off.
bool cut_at_undo(Input& input);

// One thread.
class BatchPlanner {
 public:
  BatchPlanner(store::AnalyticsStore& store, ProjectDirectory& projects, Deduper& deduper, PlayerCache& players,
               const ProcessorSettings& settings, const security::ErasedIds* erased = nullptr);

  // Asks the store and the projects. Changes nothing but the plan, so it may be tried again after an error.
  Status prepare(BatchPlan& plan);
  // Works out the batch; cannot fail. Afterwards the players held are as they will be once the batch is stored, so the
  // batch must be applied, however long that takes, before the next is prepared.
  void finish(BatchPlan& plan);
  // Nothing is coming: gives back what can be read from the store again.
  void rest() { schema_.clear(); }

 private:
  struct Project {
    ProjectProfile profile;
    DayCalendar calendar;
  };

  // Error gm-log-version: a record of a newer program; the plan is of no use then.
  Status decode(BatchPlan& plan) const;
  Status decode_events(BatchPlan& plan, const InputFrame& input) const;
  Status decode_rejected(BatchPlan& plan, const InputFrame& input) const;
  Status decode_undo(BatchPlan& plan, const InputFrame& input) const;
  Status keep_malformed(BatchPlan& plan, const InputFrame& input, const Error& error) const;
  // The candidates that are no repeats.
  Result<std::vector<size_t>> find_new(BatchPlan& plan);
  bool is_erased(ProjectId project, std::string_view player) const {
    return erased_ != nullptr && erased_->holds(project, player);
  }
  bool names_erased(ProjectId project, std::string_view text) const;
  Status look_up_projects(const BatchPlan& plan);
  Status look_up_project(ProjectId id);
  void judge_events(BatchPlan& plan, const std::vector<size_t>& kept);
  void read_links(BatchPlan& plan);
  static void group_by_player(BatchPlan& plan);
  Status find_players(BatchPlan& plan);
  Player* find_player(ProjectId project, std::string_view player_id);
  std::vector<uint32_t> groups_to_load(const BatchPlan& plan) const;
  static void judge_links(BatchPlan& plan);
  Status load(BatchPlan& plan, const std::vector<uint32_t>& groups, bool everything);
  Status open_sessions(BatchPlan& plan);
  void apply_groups(BatchPlan& plan, Rollups& rollups);
  void apply_links(BatchPlan& plan, Rollups& rollups);
  std::string_view apply_link(BatchPlan& plan, const BatchPlan::Link& link, Rollups& rollups);
  void join(BatchPlan& plan, Player& player, Player& other, Rollups& rollups);
  Status prepare_undo(BatchPlan& plan);
  bool knows_enough_for(const BatchPlan& plan, const BatchPlan::Group& group) const;
  static std::span<const PlayerEvent> events_of(const BatchPlan& plan, const BatchPlan::Group& group);
  void count_events(BatchPlan& plan, Rollups& rollups) const;
  void learn_shapes(BatchPlan& plan);
  int64_t kept_ms() const { return 2 * session_rules_.gap_max_ms(); }

  store::AnalyticsStore* store_;
  ProjectDirectory* directory_;
  Deduper* deduper_;
  PlayerCache* players_;
  TimeRules time_rules_;
  SessionRules session_rules_;
  SessionWordsReader session_words_;
  LinkRules link_rules_;
  LinkReader link_reader_;
  SchemaLearner schema_;
  size_t rejected_raw_bytes_max_;
  const security::ErasedIds* erased_;
  std::unordered_map<ProjectId, Project> projects_;
};

}  // namespace gm::event_processor
