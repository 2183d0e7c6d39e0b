#pragma once
// Who is who: which players' events count as another player's (identity merges) and which players were erased.

#include <cstdint>
#include <memory>
#include <span>
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

  // A player who counts as `canonical` from here on; kNobody: as himself again.
  using Change = std::pair<PlayerKey, PlayerKey>;
  static constexpr PlayerKey kNobody = 0;
  // This one after `changes`, of which a later one counts. What it costs grows with the links that there are.
  Identity with(std::span<const Change> changes) const;

  PlayerKey canonical(PlayerKey key) const;
  bool erased(PlayerKey key) const;
  const std::vector<Link>& links() const { return links_; }                 // by alias
  const std::vector<PlayerKey>& erased_players() const { return erased_; }  // rising
  bool empty() const { return links_.empty() && erased_.empty(); }
  // Another number where events may have to go from the player that they were moved into: a link was taken back, or
  // this identity was made from nothing.
  uint64_t epoch() const { return epoch_; }

 private:
  static uint64_t new_epoch();

  std::vector<Link> links_;
  std::vector<PlayerKey> erased_;
  uint64_t epoch_ = new_epoch();
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
