#pragma once
// How a player's sessions change with his events (ADR 0026).
//
// Two neighbours in time of one session id, or of none, belong together when the silence between them is allowed: at
// most the gap and, between events without an id, at most the marked gap behind a session_end and before a
// session_start. So an event without a mark can only join sessions, and nothing but a mark can cut one. What cuts a
// session needs that session's events: the `opened` pieces, by time, which were read from the store before. A session
// of which not all events are there stays whole.

#include <span>
#include <string_view>
#include <vector>

#include "services/event_processor/player.h"

namespace gm::event_processor {

// Where sums of sessions go.
class SessionSums {
 public:
  virtual void count_session(Date date, int64_t length_ms, int sign) = 0;

 protected:
  ~SessionSums() = default;
};

class SessionChange {
 public:
  SessionChange(Player& player, const SessionRules& rules, Rollups& rollups, SessionSums& sums)
      : player_(player), rules_(rules), rollups_(rollups), sums_(sums) {}

  // Answers with the number of events whose id or mark was not taken, see apply_events.
  uint64_t add(std::span<const PlayerEvent> events, std::span<const SessionPiece> opened);
  // `own` and `theirs`: the opened pieces of either.
  void join(const Sessions& others, std::span<const SessionPiece> own, std::span<const SessionPiece> theirs);
  // Out of the store, not out of the sums.
  void take_back_all();
  // Writes the sessions that are not in the store as they are.
  void emit();

 private:
  using Place = Sessions::iterator;

  uint64_t add_unnamed(std::span<const PlayerEvent> events, std::span<const SessionPiece> opened);
  bool has_room() const { return player_.sessions.size() < rules_.sessions_max; }
  bool is_near(std::string_view id, int64_t time_ms);
  // Adds pieces without an id; reorders them.
  void sweep(std::vector<SessionPiece>& pieces);
  void add_piece(std::string_view id, const SessionPiece& piece);
  Place add_from_left(std::string_view id, const SessionPiece& piece);
  void settle(Place session, int64_t until_ms);
  // What starts then, with such marks, belongs to the session.
  bool joins(Place session, int64_t start_ms, store::SessionMarks marks) const;
  // The last session of that id that starts at `time_ms` or before; end(): there is none.
  Place last_before(std::string_view id, int64_t time_ms);
  // Takes the session that the mark lies inside of apart into `pieces`; false: it has to stay whole.
  bool open_at(int64_t time_ms, store::SessionMarks marks, std::span<const SessionPiece> opened,
               std::vector<SessionPiece>& pieces);
  // One of the player's own marks lies inside of what is told.
  bool has_mark_inside(int64_t start_ms, int64_t end_ms);

  void grow(Place session, const SessionPiece& piece);
  void take_back(Place session);
  void erase(Place session);
  void note_changed(Place session);
  void count(Place session, int sign);
  store::SessionRow row_of(Place place, int sign) const;

  Player& player_;
  const SessionRules& rules_;
  Rollups& rollups_;
  SessionSums& sums_;
  std::vector<Place> changed_;  // sessions that are not stored as they are; end(): gone
};

void put_by_time(std::vector<SessionPiece>& pieces);

// A mark of that moment parts start..end: something of it lies on either side.
bool lies_inside(int64_t time_ms, store::SessionMarks marks, int64_t start_ms, int64_t end_ms);

}  // namespace gm::event_processor
