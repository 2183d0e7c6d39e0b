#include "lib/store/player_id_hash.h"

#include <xxhash.h>

namespace gm::store {

uint64_t player_id_hash(std::string_view player_id) { return XXH3_64bits(player_id.data(), player_id.size()); }

}  // namespace gm::store
