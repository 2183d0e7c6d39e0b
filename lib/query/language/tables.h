#pragma once
// The store's tables, as queries read them: docs/formats. The names are here once, because how a row finds its player
// and its money changes with the store, not with the question.

#include <string_view>

namespace gm::query {

// Events with the player that counts.
inline constexpr std::string_view kEvents = "events";
// Versions of players; the highest of each counts.
inline constexpr std::string_view kPlayers = "players";

}  // namespace gm::query
