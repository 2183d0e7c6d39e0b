#pragma once

#include <cstdint>
#include <string_view>

namespace gm::store {

// What the store keeps beside a player's id (`id_hash` of players and of player_links), so that the id is found without
// comparing texts: XXH3-64 of its bytes. Part of the store's format.
uint64_t player_id_hash(std::string_view player_id);

}  // namespace gm::store
