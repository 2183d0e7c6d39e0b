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
  return &*place->second;
}

Player* PlayerCache::put(Player player) {
  const Key key = key_of(player.row.project, player.row.player_id);
  if (Player* held = find(key.project, key.player_id, key.hash)) {
    forget_members(*held);
    // The key's text lives in the held row: it keeps its place, everything else is replaced.
    std::string kept = std::move(held->row.player_id);
    *held = std::move(player);
    held->row.player_id = std::move(kept);
    note_members(players_.begin());
    return held;
  }
  players_.push_front(std::move(player));
  Player& added = players_.front();
  places_.emplace(Key{added.row.project, added.row.player_id, key.hash}, players_.begin());
  note_members(players_.begin());
  return &added;
}

void PlayerCache::join(Player& into, Player& from) {
  const auto ended = place_of(from);
  forget_members(from);
  places_.erase(key_of(from.row.project, from.row.player_id));
  into.members.push_back({from.row.player, std::move(from.row.player_id)});
  into.members.splice(into.members.end(), from.members);
  players_.erase(ended);
  note_members(place_of(into));
}

void PlayerCache::drop(Player& player) {
  const auto place = place_of(player);
  forget_members(player);
  places_.erase(key_of(player.row.project, player.row.player_id));
  players_.erase(place);
}

void PlayerCache::evict() {
  while (players_.size() > players_max_) drop(players_.back());
}

void PlayerCache::clear() {
  places_ = {};
  players_.clear();
}

PlayerCache::Players::iterator PlayerCache::place_of(const Player& player) {
  return places_.at(key_of(player.row.project, player.row.player_id));
}

void PlayerCache::note_members(Players::iterator place) {
  for (const store::PlayerMember& member : place->members) {
    places_.insert_or_assign(key_of(place->row.project, member.player_id), place);
  }
}

void PlayerCache::forget_members(const Player& player) {
  for (const store::PlayerMember& member : player.members) places_.erase(key_of(player.row.project, member.player_id));
}

}  // namespace gm::event_processor
