#include "services/event_processor/player_links.h"

#include <algorithm>
#include <map>

namespace gm::event_processor {
namespace {

using store::LinkKind;

constexpr std::string_view kIdentify = "$identify";
constexpr std::string_view kAnonymousId = "$anon_distinct_id";
constexpr std::string_view kAlias = "alias";

bool is_alias(std::string_view event) { return event == "$create_alias" || event == "$merge_dangerously"; }

}  // namespace

bool says_known(const event::Event& event) { return event.name == kIdentify; }

std::optional<LinkClaim> LinkReader::read(const event::Event& event) {
  if (event.name.empty() || event.name.front() != '$') return std::nullopt;
  if (says_known(event)) return LinkClaim{LinkKind::identify, text_of(event.properties, kAnonymousId)};
  if (!is_alias(event.name)) return std::nullopt;
  LinkClaim claim{LinkKind::alias, text_of(event.properties, kAlias)};
  if (claim.other.empty()) return std::nullopt;
  return claim;
}

// A number is taken as its text, as ids of players are.
std::string LinkReader::text_of(std::string_view properties, std::string_view name) {
  if (properties.find(name) == std::string_view::npos || !index_.read(properties)) return {};
  codec::JsonCursor cursor(index_);
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const bool wanted = cursor.key().raw == name;
    const codec::JsonValue value = cursor.value();
    if (!wanted) continue;
    if (value.kind == codec::JsonKind::number) return std::string(value.raw);
    if (value.kind != codec::JsonKind::string) return {};
    return value.escaped ? codec::json_unescape(value.raw) : std::string(value.raw);
  }
  return {};
}

std::string_view refusal_of(const LinkClaim& claim, std::string_view player_id, const LinkRules& rules) {
  if (claim.other == player_id) return kLinkSamePlayer;
  if (claim.other.size() > event::kNameBytesMax) return "id_too_long";
  if (rules.refused.holds(claim.other) || rules.refused.holds(player_id)) return "id_refused";
  return {};
}

std::string_view outcome_of(const LinkClaim& claim, const Player& player, const Player& other, const LinkRules& rules) {
  if (&player == &other) return kLinkSamePlayer;
  if (claim.kind == LinkKind::identify && other.row.known) return "already_known";
  if (player.members.size() + other.members.size() + 2 > rules.ids_max) return "too_many_ids";
  return store::kLinkJoined;
}

std::vector<PlayerPart> parts_without(const Uuid& link, const std::vector<store::LinkRow>& links) {
  std::map<std::string, std::string> canonical;  // by id
  for (const store::LinkRow& row : links) {
    canonical.try_emplace(row.member_id, row.member_id);
    canonical.try_emplace(row.player_id, row.player_id);
  }
  for (const store::LinkRow& row : links) {
    if (row.link == link) continue;
    const std::string from = canonical.at(row.member_id);
    const std::string into = canonical.at(row.player_id);
    for (auto& [id, leads_to] : canonical) {
      if (leads_to == from) leads_to = into;
    }
  }
  std::map<std::string, PlayerPart> parts;
  for (const auto& [id, leads_to] : canonical) {
    parts[leads_to].player_id = leads_to;
    parts[leads_to].ids.push_back(id);
  }
  std::vector<PlayerPart> result;
  for (auto& [id, part] : parts) result.push_back(std::move(part));
  return result;
}

}  // namespace gm::event_processor
