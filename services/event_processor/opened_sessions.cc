#include "services/event_processor/opened_sessions.h"

#include <algorithm>

#include "services/event_processor/player_sessions.h"

namespace gm::event_processor {

size_t SessionOpener::find(const Player& player) {
  const auto [place, fresh] = places_.try_emplace(&player, joined_.size());
  if (fresh) joined_.push_back({{&player}, {}});
  return place->second;
}

void SessionOpener::add_mark(const Player& player, const PlayerEvent& event) {
  joined_[find(player)].marks.push_back({event.time_ms, event.words.marks});
}

void SessionOpener::add_link(const Player& a, const Player& b) {
  const size_t into = find(a);
  const size_t from = find(b);
  if (into == from) return;
  for (const Player* player : joined_[from].players) {
    places_[player] = into;
    joined_[into].players.push_back(player);
  }
  joined_[into].marks.insert(joined_[into].marks.end(), joined_[from].marks.begin(), joined_[from].marks.end());
  joined_[from] = {};
}

std::vector<SessionOpener::Held> SessionOpener::held_by(const Joined& joined) {
  std::vector<Held> held;
  for (const Player* player : joined.players) {
    for (const auto& [key, session] : player->sessions) {
      if (!key.first.empty()) break;  // those without an id come first
      held.push_back({player, key.second, session.end_ms, session.marks, session.events});
    }
  }
  std::sort(held.begin(), held.end(), [](const Held& a, const Held& b) { return a.start_ms < b.start_ms; });
  return held;
}

void SessionOpener::choose_alone(const Player& player, const std::vector<Mark>& marks, Wanted& wanted) {
  for (const Mark& mark : marks) {
    auto after = player.sessions.upper_bound(SessionPlace("", mark.time_ms));
    if (after == player.sessions.begin()) continue;
    const auto& [key, session] = *std::prev(after);
    if (lies_inside(mark.time_ms, mark.marks, key.second, session.end_ms))
      wanted[&player].insert({key.second, {&player, key.second, session.end_ms, session.marks, session.events}});
  }
}

// Sessions of several players, connected by silences of at most the gap. Between two players, each session goes into
// the other's as a whole unless a mark lies inside of it. With more of them, or with marks that come when they are one
// already, it is what they have become that must not have a mark inside.
bool SessionOpener::may_cut(const std::vector<Held>& sessions, const std::vector<Mark>& marks, bool only_two) {
  const int64_t start_ms = sessions.front().start_ms;
  int64_t end_ms = start_ms;
  for (const Held& session : sessions) end_ms = std::max(end_ms, session.end_ms);
  const auto lies_in_all = [&](int64_t time_ms, store::SessionMarks mark) {
    return lies_inside(time_ms, mark, start_ms, end_ms);
  };
  if (std::any_of(marks.begin(), marks.end(), [&](const Mark& mark) { return lies_in_all(mark.time_ms, mark.marks); }))
    return true;
  const auto parts = [&](const Held& one, const Held& other) {
    return lies_inside(one.start_ms, one.marks & store::kOpened, other.start_ms, other.end_ms) ||
           lies_inside(one.end_ms, one.marks & store::kClosed, other.start_ms, other.end_ms);
  };
  return std::any_of(sessions.begin(), sessions.end(), [&](const Held& one) {
    if (!only_two) {
      return lies_in_all(one.start_ms, one.marks & store::kOpened) ||
             lies_in_all(one.end_ms, one.marks & store::kClosed);
    }
    return std::any_of(sessions.begin(), sessions.end(), [&](const Held& other) { return parts(one, other); });
  });
}

void SessionOpener::choose(const Joined& joined, Wanted& wanted) const {
  if (joined.players.size() == 1) return choose_alone(*joined.players.front(), joined.marks, wanted);
  const std::vector<Held> held = held_by(joined);
  for (size_t first = 0; first < held.size();) {
    int64_t end_ms = held[first].end_ms;
    std::vector<Held> near = {held[first]};
    for (++first; first < held.size() && held[first].start_ms - end_ms <= rules_->gap_ms; ++first) {
      end_ms = std::max(end_ms, held[first].end_ms);
      near.push_back(held[first]);
    }
    if (!may_cut(near, joined.marks, joined.players.size() == 2)) continue;
    for (const Held& session : near) wanted[session.player].insert({session.start_ms, session});
  }
}

void SessionOpener::limit(Wanted& wanted) const {
  uint64_t left = rules_->cut_events_max;
  for (auto of_player = wanted.begin(); of_player != wanted.end();) {
    std::erase_if(of_player->second, [&](const auto& session) {
      if (session.second.events > left) return true;
      left -= session.second.events;
      return false;
    });
    of_player = of_player->second.empty() ? wanted.erase(of_player) : std::next(of_player);
  }
}

Status SessionOpener::read(store::AnalyticsStore& store, SessionWordsReader& words, OpenedSessions& opened) const {
  Wanted wanted;
  for (const Joined& joined : joined_) {
    if (!joined.players.empty()) choose(joined, wanted);
  }
  limit(wanted);
  if (wanted.empty()) return {};
  std::vector<store::EventsWanted> asked;
  std::unordered_map<store::PlayerKey, const Player*> of_key;
  for (const auto& [player, sessions] : wanted) {
    store::EventsWanted one{player->row.player, INT64_MAX, INT64_MIN};
    for (const auto& [start_ms, session] : sessions) {
      one.from_ms = std::min(one.from_ms, start_ms);
      one.to_ms = std::max(one.to_ms, session.end_ms);
    }
    const auto ask = [&, owner = player](store::PlayerKey key) {
      one.player = key;
      asked.push_back(one);
      of_key.emplace(key, owner);
    };
    ask(player->row.player);
    for (const store::PlayerMember& member : player->members) ask(member.player);
  }
  const auto read = store.visit_events(asked, [&](std::span<const store::EventRow> rows) {
    for (const store::EventRow& row : rows) {
      if (!row.event->session.empty()) continue;
      const PlayerEvent event{row.time_ms, row.date, 0, row.event, words.read(*row.event)};
      opened[of_key.at(row.player)->row.player].push_back(event.piece());
    }
    return Status();
  });
  if (!read) return read;
  for (auto& [key, pieces] : opened) put_by_time(pieces);
  return {};
}

}  // namespace gm::event_processor
