#pragma once
// Player ids that stand for "nobody" in some SDK (null, anonymous, 0, ...): they would merge many players into one.
// Which they are is the setting ingest.refused_player_ids. Ingestion refuses their events, the processor their links.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gm::event {

inline constexpr size_t kNameBytesMax = 200;  // event names, player ids, dimensions

class RefusedPlayers {
 public:
  // `list`: ids separated by commas; blanks around an id are no part of it. Ids that no player could have (more than
  // kNameBytesMax bytes) are left out.
  explicit RefusedPlayers(std::string_view list);

  // The case of ASCII letters makes no difference.
  bool holds(std::string_view player) const;

 private:
  std::vector<std::string> ids_;  // lower case, sorted
  // For each length, the letters that ids of that length begin with: a bit each, by their low five bits, which both
  // cases share. Nearly every player is told from all of them by that.
  std::array<uint32_t, kNameBytesMax + 1> first_letters_{};
};

}  // namespace gm::event
