#pragma once
// The players seen last, up to a number; the others are read from the store when they show up.

#include <cstdint>
#include <list>
#include <string_view>
#include <unordered_map>

#include "services/event_processor/player.h"

namespace gm::event_processor {

// Least recently used go first, but only in evict(): pointers stay valid until then. One thread.
class PlayerCache {
 public:
  explicit PlayerCache(size_t players_max) : players_max_(players_max) {}

  static uint64_t hash(ProjectId project, std::string_view player_id);

  // nullptr when not held; makes the player the most recent.
  Player* find(ProjectId project, std::string_view player_id, uint64_t hash);
  // Adds the player or replaces the one held.
  Player* put(Player player, uint64_t hash);
  void evict();
  void clear();
  size_t size() const { return players_.size(); }

 private:
  struct Entry {
    Player player;
    uint64_t hash;
  };
  struct Key {
    ProjectId project;
    std::string_view player_id;  // of the entry's own row, or of the question
    uint64_t hash;
    bool operator==(const Key& other) const { return project == other.project && player_id == other.player_id; }
  };
  struct KeyHash {
    size_t operator()(const Key& key) const { return key.hash; }
  };
  static Key key_of(const Entry& entry) { return {entry.player.row.project, entry.player.row.player_id, entry.hash}; }

  size_t players_max_;
  std::list<Entry> players_;  // most recent first
  std::unordered_map<Key, std::list<Entry>::iterator, KeyHash> places_;
};

}  // namespace gm::event_processor
