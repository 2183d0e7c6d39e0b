#pragma once
// The store's tables, as queries read them: docs/formats. The names are here once, because how a row finds its player
// and its money changes with the store, not with the question.

#include <string_view>

namespace gm::query {

// Events with the canonical player, whatever id they came in with. Where nobody has been joined to another, this is the
// stored events beside an empty table (docs/performance.md).
inline constexpr std::string_view kEvents = "player_events";
// Events with the player of the id that they came in with.
inline constexpr std::string_view kStoredEvents = "events";
// Versions of canonical players; the highest of each counts.
inline constexpr std::string_view kPlayers = "canonical_players";
// Other ids of canonical players: (project, member, member_id, canonical).
inline constexpr std::string_view kPlayerLinks = "player_links";

}  // namespace gm::query
