#pragma once
// The players seen last, up to a number; the others are read from the store when they show up.

#include <cstdint>
#include <list>
#include <string_view>
#include <unordered_map>

#include "services/event_processor/player.h"

namespace gm::event_processor {

// Least recently used go first, but only in evict(): pointers stay valid until then, or until their player joins
// another or is dropped. One thread.
class PlayerCache {
 public:
  explicit PlayerCache(size_t players_max) : players_max_(players_max) {}

  static uint64_t hash(ProjectId project, std::string_view player_id);

  // By any of his ids. nullptr when not held; makes the player the most recent.
  Player* find(ProjectId project, std::string_view player_id, uint64_t hash);
  // Adds the player or replaces the one held.
  Player* put(Player player);
  // The ids of `from` become ids of `into`, and `from` ends. Both are held here.
  void join(Player& into, Player& from);
  void drop(Player& player);
  void evict();
  void clear();
  size_t size() const { return players_.size(); }

 private:
  using Players = std::list<Player>;
  struct Key {
    ProjectId project;
    std::string_view player_id;  // of the held player's row or members, or of the question
    uint64_t hash;
    bool operator==(const Key& other) const { return project == other.project && player_id == other.player_id; }
  };
  struct KeyHash {
    size_t operator()(const Key& key) const { return key.hash; }
  };
  static Key key_of(ProjectId project, std::string_view player_id) {
    return {project, player_id, hash(project, player_id)};
  }
  Players::iterator place_of(const Player& player);
  void note_members(Players::iterator place);
  void forget_members(const Player& player);

  size_t players_max_;
  Players players_;  // most recent first
  std::unordered_map<Key, Players::iterator, KeyHash> places_;
};

}  // namespace gm::event_processor
