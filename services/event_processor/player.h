#pragma once
// A player as the processor holds him, and what a group of his events changes.

#include <cstdint>
#include <list>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "lib/base/time.h"
#include "lib/event/event.h"
#include "lib/store/analytics_store.h"
#include "services/event_processor/rollups.h"
#include "services/event_processor/session_words.h"

namespace gm::event_processor {

// Before every event that can be stored (year 1), in every time zone.
inline constexpr int64_t kBeginningMs = -62'200'000'000'000;
inline constexpr Date kBeginningDate{-720'000};

// As store::SessionRow.
struct Session {
  int64_t end_ms = 0;
  Date date;  // of the start
  uint64_t events = 0;
  store::SessionMarks marks = 0;
  bool stored = false;   // the store has a row equal to this
  uint32_t changed = 0;  // not stored: its place among the changed ones
  int64_t told_ms = store::kLengthNotTold;
  int64_t added_ms = 0;
  int64_t length_ms = 0;
};

// A session or a part of one, such as a single event.
struct SessionPiece {
  int64_t start_ms = 0;
  Session session;
};

// A session's explicit id (empty: found by silences and marks) and its start. Sessions of one id do not overlap, so the
// neighbours of an instant in this order are all that an event can join: a player may have any number of them.
using SessionKey = std::pair<std::string, int64_t>;
using SessionPlace = std::pair<std::string_view, int64_t>;
struct SessionOrder {
  using is_transparent = void;
  template <typename A, typename B>
  bool operator()(const A& a, const B& b) const {
    return SessionPlace(a.first, a.second) < SessionPlace(b.first, b.second);
  }
};
using Sessions = std::map<SessionKey, Session, SessionOrder>;
using PlayerDays = std::map<Date, store::PlayerDay>;

// A canonical player.
struct Player {
  store::PlayerRow row;
  PlayerDays days;                         // all active days at or after since_date
  Sessions sessions;                       // all sessions that end at or after since_ms
  std::list<store::PlayerMember> members;  // his other ids; a list, because others point to their texts
  int64_t since_ms = kBeginningMs;
  Date since_date = kBeginningDate;

  static Player from(store::PlayerState state, int64_t since_ms, Date since_date);
  bool is_new() const { return row.events == 0; }
  // True when nothing of him lies only in the store.
  bool is_whole() const { return since_ms == kBeginningMs && since_date == kBeginningDate; }
  // Precondition: `player_id` is one of his ids.
  store::PlayerKey key_of(std::string_view player_id) const;
};

struct SessionRules {
  int64_t gap_ms = 0;              // between events without a session id
  int64_t named_gap_ms = 0;        // between events with the same session id
  size_t sessions_max = SIZE_MAX;  // held of one player, see apply_events
  int64_t marked_gap_ms = 0;       // between events without a session id that a mark parts
  int64_t length_max_ms = INT64_MAX;
  uint64_t cut_events_max = UINT64_MAX;  // read again for one batch

  int64_t gap_max_ms() const { return gap_ms > named_gap_ms ? gap_ms : named_gap_ms; }
};

// One event of the player, its time and money already judged.
struct PlayerEvent {
  int64_t time_ms = 0;
  Date date;
  int64_t revenue_micros = 0;  // in the reporting currency; 0 for anything else
  const event::Event* event = nullptr;
  SessionWords words{};

  bool is_purchase() const { return revenue_micros > 0; }
  // Only the id speaks where there is one.
  bool cuts() const { return words.marks != 0 && event->session.empty(); }
  SessionPiece piece() const {
    return {time_ms, {time_ms, date, 1, words.marks, false, 0, words.told_ms, words.added_ms}};
  }
};

// How far back the player must be known before the event can be applied.
struct Horizon {
  int64_t since_ms = kBeginningMs;
  Date since_date = kBeginningDate;
};
Horizon horizon_of(const PlayerEvent& event, const SessionRules& rules);
// Also false when the event comes before everything that is known of the player: then all of his days move to another
// cohort, and all must be known.
bool knows_enough(const Player& player, const PlayerEvent& event, const SessionRules& rules);

// Applies the events in any order; the sums in `rollups` and the sessions come out the same for every order and split.
// Revenue stops at the bounds of lib/base/saturating.h. A player who has `sessions_max` sessions opens no more by
// naming or marking them: such an event joins by time, as one without a session id does. This alone depends on the
// order of arrival. Answers with the number of events that did. `opened`: the stored events of the sessions that marks
// of these events lie inside of (opened_sessions.h). Precondition: knows_enough for each event.
uint64_t apply_events(Player& player, std::span<const PlayerEvent> events, const SessionRules& rules, Rollups& rollups,
                      std::span<const SessionPiece> opened = {});

// Joins `from` to `into`: sums and sessions come out as if all events had been of `into`. The ids stay where they are.
// The opened pieces of each: the stored events of his sessions that marks of the other lie inside of. Precondition:
// `from` is whole, `into` is known well enough for the first event of `from`.
void join_player(Player& into, Player& from, const SessionRules& rules, Rollups& rollups,
                 std::span<const SessionPiece> opened_into = {}, std::span<const SessionPiece> opened_from = {});
// Takes everything that the player gave to the sums out of them again. Precondition: he is whole.
void take_back(Player& player, const SessionRules& rules, Rollups& rollups);

// Forgets what only an event older than `kept_ms` before the newest would need; such an event reloads the player.
void forget_old(Player& player, int64_t kept_ms);

}  // namespace gm::event_processor
