#pragma once
// Which stored sessions the marks of a batch may cut, and the events that those are made of (ADR 0026). Most batches
// have none: a mark of a batch that arrives in order lies behind everything that is stored.

#include <map>
#include <unordered_map>
#include <vector>

#include "lib/store/analytics_store.h"
#include "services/event_processor/player.h"

namespace gm::event_processor {

// By canonical player, by time.
using OpenedSessions = std::unordered_map<store::PlayerKey, std::vector<SessionPiece>>;

class SessionOpener {
 public:
  explicit SessionOpener(const SessionRules& rules) : rules_(&rules) {}

  // Players stay where they are until read().
  void add_mark(const Player& player, const PlayerEvent& event);
  // The two may become one: each holds all that is stored of him, or all that the other's events may touch.
  void add_link(const Player& a, const Player& b);
  // What the players' sessions are made of, as far as it may be needed and as far as rules.cut_events_max allows.
  Status read(store::AnalyticsStore& store, SessionWordsReader& words, OpenedSessions& opened) const;

 private:
  struct Mark {
    int64_t time_ms;
    store::SessionMarks marks;
  };
  struct Held {  // a session without an id
    const Player* player;
    int64_t start_ms;
    int64_t end_ms;
    store::SessionMarks marks;
    uint64_t events;
  };
  struct Joined {  // players who may become one
    std::vector<const Player*> players;
    std::vector<Mark> marks;
  };
  using Wanted = std::unordered_map<const Player*, std::map<int64_t, Held>>;  // by their starts

  size_t find(const Player& player);
  static std::vector<Held> held_by(const Joined& joined);
  void choose(const Joined& joined, Wanted& wanted) const;
  static void choose_alone(const Player& player, const std::vector<Mark>& marks, Wanted& wanted);
  // Leaves what may be read.
  void limit(Wanted& wanted) const;
  static bool may_cut(const std::vector<Held>& sessions, const std::vector<Mark>& marks, bool only_two);

  const SessionRules* rules_;
  std::vector<Joined> joined_;
  std::unordered_map<const Player*, size_t> places_;
};

}  // namespace gm::event_processor
