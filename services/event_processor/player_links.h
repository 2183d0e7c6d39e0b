#pragma once
// Which ids are one player: what events say of it, and which of that is believed (ADR 0013).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/codec/json_cursor.h"
#include "lib/event/event.h"
#include "lib/event/refused_players.h"
#include "lib/store/analytics_store.h"
#include "services/event_processor/player.h"

namespace gm::event_processor {

// "This event's player and the one with the other id are one."
struct LinkClaim {
  store::LinkKind kind = store::LinkKind::identify;
  std::string other;  // empty: of an $identify that only says that its player is known
};

// True of an event that names its player for good.
bool says_known(const event::Event& event);

class LinkReader {
 public:
  // nullopt: the event says nothing of the kind.
  std::optional<LinkClaim> read(const event::Event& event);

 private:
  std::string text_of(std::string_view properties, std::string_view name);
  codec::JsonIndex index_;
};

struct LinkRules {
  event::RefusedPlayers refused;  // ids that stand for nobody
  size_t ids_max = SIZE_MAX;      // of one player
};

// Why a claim joins nobody, from the claim alone; empty: it has to be asked who the two are.
std::string_view refusal_of(const LinkClaim& claim, std::string_view player_id, const LinkRules& rules);
// What comes of a claim, as LinkRow::outcome. `other` is the canonical player of the other id.
std::string_view outcome_of(const LinkClaim& claim, const Player& player, const Player& other, const LinkRules& rules);
// Nothing has to be kept of a claim that says what is known already.
inline constexpr std::string_view kLinkSamePlayer = "same_player";

// An undo finds that the link joins nothing (any more), or that there is none.
inline constexpr std::string_view kLinkNothingToPart = "nothing_to_part";

// One of the players that a player's ids are without one of his links.
struct PlayerPart {
  std::string player_id;         // the canonical one
  std::vector<std::string> ids;  // all of them
};
// `links` are those that make the ids one player, in the order they were made, and the one to leave out is among them.
// The answer depends on nothing else: it is what these links would have made without that one.
std::vector<PlayerPart> parts_without(const Uuid& link, const std::vector<store::LinkRow>& links);

}  // namespace gm::event_processor
