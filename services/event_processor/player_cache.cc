#include "services/event_processor/player_cache.h"

#include <xxhash.h>

namespace gm::event_processor {

uint64_t PlayerCache::hash(ProjectId project, std::string_view player_id) {
  return XXH3_64bits_withSeed(player_id.data(), player_id.size(), project.value());
}

Player* PlayerCache::find(ProjectId project, std::string_view player_id, uint64_t hash) {
  const auto place = places_.find({project, player_id, hash});
  if (place == places_.end()) return nullptr;
  players_.splice(players_.begin(), players_, place->second);
  return &place->second->player;
}

Player* PlayerCache::put(Player player, uint64_t hash) {
  if (Player* held = find(player.row.project, player.row.player_id, hash)) {
    // The key's text lives in the held row: it keeps its place, everything else is replaced.
    std::string kept = std::move(held->row.player_id);
    *held = std::move(player);
    held->row.player_id = std::move(kept);
    return held;
  }
  players_.push_front({std::move(player), hash});
  places_.emplace(key_of(players_.front()), players_.begin());
  return &players_.front().player;
}

void PlayerCache::evict() {
  while (players_.size() > players_max_) {
    places_.erase(key_of(players_.back()));
    players_.pop_back();
  }
}

void PlayerCache::clear() {
  players_.clear();
  places_ = {};
}

}  // namespace gm::event_processor
