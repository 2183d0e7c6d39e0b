#include "services/event_processor/player_sessions.h"

#include <algorithm>
#include <iterator>

namespace gm::event_processor {
namespace {

using store::kClosed;
using store::kOpened;
using store::SessionMarks;

bool starts_before(const SessionPiece& a, const SessionPiece& b) { return a.start_ms < b.start_ms; }

// Adds a piece that does not start before the session; it may lie in it.
void merge(int64_t start_ms, Session& session, const SessionPiece& more, int64_t length_max_ms) {
  const Session& piece = more.session;
  if (more.start_ms == start_ms) session.marks |= piece.marks & kOpened;
  if (piece.end_ms == session.end_ms) session.marks |= piece.marks & kClosed;
  if (piece.end_ms > session.end_ms) {
    session.marks = static_cast<SessionMarks>((session.marks & kOpened) | (piece.marks & kClosed));
    session.end_ms = piece.end_ms;
  }
  session.events += piece.events;
  session.told_ms = std::max(session.told_ms, piece.told_ms);
  session.added_ms = std::min(length_max_ms, session.added_ms + piece.added_ms);
}

// Sorts them, and makes one of those that start together: what a moment is marked with is said of all of it.
void put_in_order(std::vector<SessionPiece>& pieces, int64_t length_max_ms) {
  std::sort(pieces.begin(), pieces.end(), starts_before);
  size_t kept = 0;
  for (size_t i = 1; i < pieces.size(); ++i) {
    if (pieces[i].start_ms == pieces[kept].start_ms) {
      merge(pieces[kept].start_ms, pieces[kept].session, pieces[i], length_max_ms);
    } else {
      pieces[++kept] = pieces[i];
    }
  }
  if (!pieces.empty()) pieces.resize(kept + 1);
}

// The events that a session is made of; nothing unless all of them are there.
std::span<const SessionPiece> events_of(int64_t start_ms, const Session& session,
                                        std::span<const SessionPiece> opened) {
  const auto first = std::lower_bound(opened.begin(), opened.end(), SessionPiece{start_ms, {}}, starts_before);
  const auto last = std::upper_bound(first, opened.end(), SessionPiece{session.end_ms, {}}, starts_before);
  const std::span<const SessionPiece> all(first, last);
  return all.size() == session.events ? all : std::span<const SessionPiece>();
}

}  // namespace

void put_by_time(std::vector<SessionPiece>& pieces) { std::sort(pieces.begin(), pieces.end(), starts_before); }

bool lies_inside(int64_t time_ms, SessionMarks marks, int64_t start_ms, int64_t end_ms) {
  return ((marks & kOpened) != 0 && time_ms > start_ms && time_ms <= end_ms) ||
         ((marks & kClosed) != 0 && time_ms >= start_ms && time_ms < end_ms);
}

uint64_t SessionChange::add(std::span<const PlayerEvent> events, std::span<const SessionPiece> opened) {
  const bool cuts = std::any_of(events.begin(), events.end(), [](const PlayerEvent& event) { return event.cuts(); });
  uint64_t not_taken = cuts ? add_unnamed(events, opened) : 0;
  for (const PlayerEvent& event : events) {
    const std::string_view id = event.event->session;
    if (id.empty()) {
      if (!cuts) add_piece({}, event.piece());
      continue;
    }
    SessionPiece piece = event.piece();
    piece.session.marks = 0;
    const bool taken = has_room() || is_near(id, event.time_ms);
    add_piece(taken ? id : std::string_view(), piece);
    not_taken += taken ? 0 : 1;
  }
  return not_taken;
}

uint64_t SessionChange::add_unnamed(std::span<const PlayerEvent> events, std::span<const SessionPiece> opened) {
  uint64_t not_taken = 0;
  std::vector<SessionPiece> pieces;
  for (const PlayerEvent& event : events) {
    if (!event.event->session.empty()) continue;
    pieces.push_back(event.piece());
    if (event.cuts() && player_.sessions.size() + pieces.size() > rules_.sessions_max) {
      pieces.back().session.marks = 0;
      ++not_taken;
    }
  }
  for (size_t i = 0, count = pieces.size(); i < count; ++i)
    not_taken += open_at(pieces[i].start_ms, pieces[i].session.marks, opened, pieces) ? 0 : 1;
  sweep(pieces);
  return not_taken;
}

void SessionChange::join(const Sessions& others, std::span<const SessionPiece> own,
                         std::span<const SessionPiece> theirs) {
  std::vector<SessionPiece> pieces, whole;
  for (const auto& [key, session] : others) {
    const auto& [id, start_ms] = key;
    if (!id.empty()) {
      add_piece(id, {start_ms, session});
      continue;
    }
    const auto events = has_mark_inside(start_ms, session.end_ms) ? events_of(start_ms, session, theirs)
                                                                  : std::span<const SessionPiece>();
    pieces.insert(pieces.end(), events.begin(), events.end());
    if (events.empty()) pieces.push_back({start_ms, session});
    whole.push_back({start_ms, session});
  }
  for (const SessionPiece& piece : whole) {
    (void)open_at(piece.start_ms, piece.session.marks & kOpened, own, pieces);
    (void)open_at(piece.session.end_ms, piece.session.marks & kClosed, own, pieces);
  }
  sweep(pieces);
}

void SessionChange::take_back_all() {
  for (auto session = player_.sessions.begin(); session != player_.sessions.end(); ++session)
    rollups_.session(row_of(session, -1));
}

void SessionChange::emit() {
  for (const Place& session : changed_) {
    if (session == player_.sessions.end()) continue;  // became part of others
    rollups_.session(row_of(session, 1));
    session->second.stored = true;
  }
}

bool SessionChange::is_near(std::string_view id, int64_t time_ms) {
  const Place session = last_before(id, time_ms + rules_.named_gap_ms);
  return session != player_.sessions.end() && time_ms - session->second.end_ms <= rules_.named_gap_ms;
}

// From left to right: a piece joins what is before it, and what lies between it and the next piece is asked first.
void SessionChange::sweep(std::vector<SessionPiece>& pieces) {
  put_in_order(pieces, rules_.length_max_ms);
  Place session = player_.sessions.end();
  for (const SessionPiece& piece : pieces) {
    if (session != player_.sessions.end()) settle(session, piece.start_ms);
    session = add_from_left({}, piece);
  }
  if (session != player_.sessions.end()) settle(session, INT64_MAX);
}

void SessionChange::add_piece(std::string_view id, const SessionPiece& piece) {
  settle(add_from_left(id, piece), INT64_MAX);
}

SessionChange::Place SessionChange::add_from_left(std::string_view id, const SessionPiece& piece) {
  const Place left = last_before(id, piece.start_ms);
  if (left != player_.sessions.end() && joins(left, piece.start_ms, piece.session.marks)) {
    grow(left, piece);
    return left;
  }
  const Place added = player_.sessions.emplace(SessionKey(id, piece.start_ms), piece.session).first;
  note_changed(added);
  count(added, 1);
  return added;
}

// Joins to the session those behind it that it reaches, as far as they start at `until_ms` or before or lie in it.
void SessionChange::settle(Place session, int64_t until_ms) {
  const std::string& id = session->first.first;
  for (Place next = std::next(session); next != player_.sessions.end(); next = std::next(session)) {
    const int64_t start_ms = next->first.second;
    if (next->first.first != id || (start_ms > until_ms && start_ms > session->second.end_ms)) return;
    if (!joins(session, start_ms, next->second.marks)) return;
    const SessionPiece piece{start_ms, next->second};
    erase(next);
    grow(session, piece);
  }
}

bool SessionChange::joins(Place session, int64_t start_ms, SessionMarks marks) const {
  const bool named = !session->first.first.empty();
  const bool cut = ((session->second.marks & kClosed) | (marks & kOpened)) != 0;
  const int64_t gap_ms = named ? rules_.named_gap_ms
                         : cut ? std::min(rules_.gap_ms, rules_.marked_gap_ms)
                               : rules_.gap_ms;
  return start_ms - session->second.end_ms <= gap_ms;
}

SessionChange::Place SessionChange::last_before(std::string_view id, int64_t time_ms) {
  const Place after = player_.sessions.upper_bound(SessionPlace(id, time_ms));
  if (after == player_.sessions.begin()) return player_.sessions.end();
  const Place found = std::prev(after);
  return found->first.first == id ? found : player_.sessions.end();
}

bool SessionChange::open_at(int64_t time_ms, SessionMarks marks, std::span<const SessionPiece> opened,
                            std::vector<SessionPiece>& pieces) {
  if (marks == 0) return true;
  const Place session = last_before({}, time_ms);
  if (session == player_.sessions.end()) return true;
  const int64_t start_ms = session->first.second;
  if (!lies_inside(time_ms, marks, start_ms, session->second.end_ms)) return true;
  const auto events = events_of(start_ms, session->second, opened);
  if (events.empty()) return false;
  erase(session);
  pieces.insert(pieces.end(), events.begin(), events.end());
  return true;
}

bool SessionChange::has_mark_inside(int64_t start_ms, int64_t end_ms) {
  Place session = last_before({}, start_ms);
  if (session == player_.sessions.end()) session = player_.sessions.begin();
  for (; session != player_.sessions.end() && session->first.first.empty(); ++session) {
    const auto& [key, held] = *session;
    if (key.second > end_ms) return false;
    if (lies_inside(key.second, held.marks & kOpened, start_ms, end_ms) ||
        lies_inside(held.end_ms, held.marks & kClosed, start_ms, end_ms)) {
      return true;
    }
  }
  return false;
}

void SessionChange::grow(Place session, const SessionPiece& piece) {
  take_back(session);
  merge(session->first.second, session->second, piece, rules_.length_max_ms);
  count(session, 1);
}

// Out of the sums, and out of the store when it is there.
void SessionChange::take_back(Place session) {
  count(session, -1);
  if (!session->second.stored) return;
  rollups_.session(row_of(session, -1));
  note_changed(session);
}

void SessionChange::erase(Place session) {
  take_back(session);
  changed_[session->second.changed] = player_.sessions.end();
  player_.sessions.erase(session);
}

void SessionChange::note_changed(Place session) {
  session->second.stored = false;
  session->second.changed = static_cast<uint32_t>(changed_.size());
  changed_.push_back(session);
}

void SessionChange::count(Place session, int sign) {
  Session& own = session->second;
  if (sign > 0) {
    own.length_ms =
        std::min(rules_.length_max_ms, own.told_ms == store::kLengthNotTold ? own.end_ms - session->first.second
                                                                            : own.told_ms + own.added_ms);
  }
  player_.row.sessions += static_cast<uint64_t>(static_cast<int64_t>(sign));
  sums_.count_session(own.date, own.length_ms, sign);
}

store::SessionRow SessionChange::row_of(Place place, int sign) const {
  const auto& [key, session] = *place;
  return {player_.row.project, player_.row.player, key.first,       key.second,
          session.end_ms,      session.date,       session.events,  sign,
          session.length_ms,   session.marks,      session.told_ms, session.added_ms};
}

}  // namespace gm::event_processor
