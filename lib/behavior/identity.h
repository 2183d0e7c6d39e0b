#pragma once
// Who is who: which players' events count as another player's (identity merges) and which players were erased.

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "lib/behavior/section.h"

namespace gm::behavior {

// Immutable; a change is a new object. A canonical player is nobody's alias (chains are resolved by the maker).
class Identity {
 public:
  using Link = std::pair<PlayerKey, PlayerKey>;  // alias, canonical
  Identity() = default;
  Identity(std::vector<Link> links, std::vector<PlayerKey> erased);

  PlayerKey canonical(PlayerKey key) const;
  bool erased(PlayerKey key) const;
  const std::vector<Link>& links() const { return links_; }                 // by alias
  const std::vector<PlayerKey>& erased_players() const { return erased_; }  // rising
  bool empty() const { return links_.empty() && erased_.empty(); }

 private:
  std::vector<Link> links_;
  std::vector<PlayerKey> erased_;
};
using IdentityPtr = std::shared_ptr<const Identity>;

// What an identity means for one section: players whose rows belong to somebody else, or to nobody any more.
struct Remap {
  std::vector<bool> hidden;                               // per player of the section; empty: none
  std::vector<std::pair<PlayerKey, uint32_t>> elsewhere;  // canonical player, player of the section; rising
  // Events were moved into a player that they no longer belong to: only a rewrite of the section helps.
  bool stale = false;
  bool erased = false;  // holds events of erased players

  bool hides(size_t player) const { return !hidden.empty() && hidden[player]; }
};
using RemapPtr = std::shared_ptr<const Remap>;

// Precondition: player keys of the section are verified.
RemapPtr remap(const Section& section, const Identity& identity);

}  // namespace gm::behavior
