#pragma once
// Port: the analytics store. Embedded: DuckDB. Distributed: ClickHouse.
//
// Rollups are signed deltas (a correction is a row that takes back and a row that gives), so that every write is an
// append and any order of late, merged or erased events leads to the same sums. `players` keeps versions, the highest
// counts.
//
// Events keep the player that they came in with, whoever he turns out to be; everything else is told of canonical
// players, whom `player_links` leads to (ADR 0013).

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/ids.h"
#include "lib/base/result.h"
#include "lib/base/time.h"
#include "lib/base/uuid.h"
#include "lib/event/event.h"
#include "lib/log/event_log.h"
#include "lib/store/event_schema.h"
#include "lib/store/table.h"

namespace gm::store {

// A player inside one store and project; given out by the store.
using PlayerKey = uint64_t;

struct EventRow {
  ProjectId project;
  PlayerKey player = 0;  // of the id that the event names, not of the canonical player
  Date date;             // local date in the project's zone, computed once
  int64_t time_ms = 0;   // corrected event time
  int64_t received_ms = 0;
  event::Source source = event::Source::native;
  uint16_t flags = 0;  // event::EventFlags of the sender and of the processor
  log::Partition log_partition = 0;
  log::Offset log_offset = 0;
  const event::Event* event = nullptr;  // the rest; outlives apply()
};

struct PlayerRow {  // one version of one player; the highest version counts
  ProjectId project;
  PlayerKey player = 0;
  std::string player_id;
  uint64_t version = 0;
  int64_t first_seen_ms = 0;
  Date cohort_date;
  int64_t last_seen_ms = 0;
  std::string country, platform, build;  // newest known
  uint64_t events = 0;
  uint64_t sessions = 0;
  int64_t revenue_micros = 0;
  bool known = false;  // has been named by an $identify: no other $identify takes him for somebody anonymous
};

// How two ids became one player. Stored; never renumber.
enum class LinkKind : uint8_t {
  identify = 0,  // $identify with $anon_distinct_id
  alias = 1,     // $create_alias
  undo = 2,      // a decision that takes an earlier one back
};

// One line of the merge log: what was said, and what came of it. Nothing is ever removed from it.
struct LinkRow {
  ProjectId project;
  Uuid link;  // the id of the event; of an undo: of the link that it takes back
  LinkKind kind = LinkKind::identify;
  std::string member_id;  // the id that is said to belong to ...
  std::string player_id;  // ... the player with this one
  int64_t received_ms = 0;
  log::Partition log_partition = 0;
  log::Offset log_offset = 0;
  std::string outcome;  // kLinkJoined, kLinkParted, or why nothing came of it
};
inline constexpr std::string_view kLinkJoined = "joined";
inline constexpr std::string_view kLinkParted = "parted";

// Whose events count as whose. Replaces what was known of the member.
struct PlayerLinkRow {
  ProjectId project;
  PlayerKey member = 0;
  std::string member_id;
  PlayerKey canonical = 0;  // 0: the member is a player of his own again
};

// What was said about a session's bounds, as bits. Stored; never renumber.
using SessionMarks = uint8_t;
inline constexpr SessionMarks kOpened = 1;  // a session_start is at its first moment
inline constexpr SessionMarks kClosed = 2;  // a session_end is at its last moment
inline constexpr int64_t kLengthNotTold = -1;

// A session as the processor knows it (ADR 0026). `explicit_id` empty: found by silences and marks.
struct SessionRow {
  ProjectId project;
  PlayerKey player = 0;
  std::string explicit_id;
  int64_t start_ms = 0;
  int64_t end_ms = 0;
  Date date;  // of the start
  uint64_t events = 0;
  int sign = 1;           // -1 takes back an earlier row that is equal in every other column
  int64_t length_ms = 0;  // as it counts
  SessionMarks marks = 0;
  int64_t told_ms = kLengthNotTold;  // the longest of the lengths that session_ends told
  int64_t added_ms = 0;              // what session_updates told, added up
};

struct PlayerDayDelta {
  ProjectId project;
  Date date;
  PlayerKey player = 0;
  Date cohort_date;
  int active = 0;  // sums to 1 when the player was active that day
  int payer = 0;   // sums to 1 when the player paid that day
  int64_t events = 0;
  int64_t sessions = 0;
  int64_t session_ms = 0;
  int64_t revenue_micros = 0;
};

// Sums over one project and day.
struct DayDelta {
  ProjectId project;
  Date date;
  int64_t players = 0;
  int64_t new_players = 0;
  int64_t events = 0;
  int64_t late_events = 0;  // arrived more than processor.late_after after they happened
  int64_t sessions = 0;
  int64_t session_ms = 0;
  int64_t payers = 0;
  int64_t purchases = 0;  // events with revenue above 0 in the project's reporting currency
  int64_t revenue_micros = 0;
};

struct CohortDayDelta {
  ProjectId project;
  Date cohort_date;
  Date date;
  int64_t players = 0;
  int64_t revenue_micros = 0;
};

struct EventDayDelta {
  ProjectId project;
  Date date;
  std::string event;
  int64_t events = 0;
};

// Money that is in no sum: in another currency than the project's, and no rate was known for its day.
struct UnconvertedDelta {
  ProjectId project;
  Date date;
  std::string currency;
  int64_t events = 0;
  int64_t micros = 0;  // of `currency`
};

struct RejectedRow {
  ProjectId project;
  int64_t received_ms = 0;
  event::Source source = event::Source::native;
  std::string_view reason, detail, raw;
  log::Partition log_partition = 0;
  log::Offset log_offset = 0;
};

struct LogPosition {
  log::Topic topic = log::Topic::events_raw;
  log::Partition partition = 0;
  log::Offset next = 0;  // the first offset not yet applied
};

// Everything one step of the processor changes, applied in one transaction together with the log position.
struct MicroBatch {
  std::vector<LogPosition> positions;
  std::vector<EventRow> events;
  std::vector<PlayerRow> players;
  std::vector<SessionRow> sessions;
  std::vector<PlayerDayDelta> player_days;
  std::vector<DayDelta> days;
  std::vector<CohortDayDelta> cohort_days;
  std::vector<EventDayDelta> event_days;
  std::vector<UnconvertedDelta> unconverted_days;
  std::vector<EventShapeDelta> event_shapes;
  std::vector<PropertyShapeDelta> property_shapes;
  std::vector<ShapeOverflowDelta> shape_overflows;
  std::vector<RejectedRow> rejected;
  std::vector<LinkRow> links;
  std::vector<PlayerLinkRow> player_links;  // applied in order
  uint64_t duplicates = 0;

  // Rows that only add to or take back from earlier ones: what compact() has to merge.
  size_t delta_rows() const {
    return players.size() + sessions.size() + player_days.size() + days.size() + cohort_days.size() +
           event_days.size() + unconverted_days.size() + event_shapes.size() + property_shapes.size() +
           shape_overflows.size();
  }
};

struct PlayerDay {
  Date date;
  bool payer = false;
  int64_t events = 0, sessions = 0, session_ms = 0, revenue_micros = 0;
};

// Another id of a canonical player.
struct PlayerMember {
  PlayerKey player = 0;
  std::string player_id;
};

// What the processor must know of a player before it can apply an event of his.
struct PlayerState {
  PlayerRow row;                      // version 0: never seen; `player` is then a fresh key
  std::vector<PlayerDay> days;        // active days at or after `since_date`, by date
  std::vector<SessionRow> sessions;   // sessions that end at or after `since_ms`, by start
  std::vector<PlayerMember> members;  // his other ids
};

// Events that happened from..to (both included).
struct EventsWanted {
  PlayerKey player = 0;  // of the ids that the events name
  int64_t from_ms = INT64_MIN;
  int64_t to_ms = INT64_MAX;
};

struct PlayerWanted {
  ProjectId project;
  std::string_view player_id;  // any id of his
  int64_t since_ms = 0;
  Date since_date;
};

// An id that may have been stored among the events received from..to (both included).
struct EventIdWanted {
  ProjectId project;
  Uuid id;
  int64_t received_from_ms = 0;
  int64_t received_to_ms = 0;
};

// The player that a link belongs to, as a whole, and the links that make one of his ids, in the order they were made.
struct LinkedPlayer {
  PlayerState state;
  std::vector<LinkRow> links;
};

// Errors: gm-store-unavailable (try again), gm-store-corrupt (moving the store aside and rebuilding it helps),
// gm-query-invalid, gm-query-timeout, gm-query-too-large.
class AnalyticsStore {
 public:
  virtual ~AnalyticsStore() = default;

  // --- the processor's side: one thread ---
  virtual Result<std::vector<LogPosition>> positions() = 0;
  // The canonical player of each id, in the order asked; unknown ids get a fresh key. No id twice.
  virtual Result<std::vector<PlayerState>> load_players(std::span<const PlayerWanted> wanted) = 0;
  // For each id in the order asked: is it stored?
  virtual Result<std::vector<bool>> find_event_ids(std::span<const EventIdWanted> wanted) = 0;
  // Calls `visit` with (project, id, received_ms) of the events received within `window_ms` before the newest receipt
  // that is stored, in no order, until it answers false.
  using EventIdVisitor = std::function<bool(ProjectId, const Uuid&, int64_t)>;
  virtual Status visit_event_ids(int64_t window_ms, const EventIdVisitor& visit) = 0;
  // nullopt: there is no such link, or it joins nothing (any more).
  virtual Result<std::optional<LinkedPlayer>> find_linked(ProjectId project, const Uuid& link) = 0;
  // Calls `visit` with these stored events, a part at a time, in no order, until it fails. Of the events are told:
  // name, session, country, platform, build, revenue, currency and properties; of the rows all but source and flags. No
  // player twice.
  using EventVisitor = std::function<Status(std::span<const EventRow>)>;
  virtual Status visit_events(std::span<const EventsWanted> wanted, const EventVisitor& visit) = 0;
  // Of one project, in no order.
  virtual Result<KnownShapes> known_shapes(ProjectId project) = 0;
  // All or nothing, and durable when it returns ok.
  virtual Status apply(const MicroBatch& batch) = 0;

  // --- the readers' side: several threads ---
  // Sees whole micro-batches only. Stops with gm-query-timeout after `timeout_ms`, gm-query-cancelled by a StoppedBy.
  virtual Result<Table> run(const Statement& statement, int64_t timeout_ms) = 0;

  // Merges deltas and old versions; changes no answer. Same thread as apply().
  virtual Status compact() = 0;
  // Nothing is coming at the moment: brings to its file what is only logged and gives memory back; changes no answer.
  // Same thread as apply().
  virtual Status rest() { return {}; }
};

}  // namespace gm::store
