#include "lib/behavior/identity.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <optional>

namespace gm::behavior {
namespace {

std::optional<size_t> find_player(const Section& section, PlayerKey key) {
  const size_t at = section.player_at_or_after(key);
  if (at == section.players() || section.player(at) != key) return std::nullopt;
  return at;
}

void hide(Remap& remap, const Section& section, size_t player) {
  if (remap.hidden.empty()) remap.hidden.resize(section.players());
  remap.hidden[player] = true;
}

// Calls visit(canonical player, player of the section). A small section is looked up among many links, and the reverse.
template <typename Visit>
void for_each_alias(const Section& section, const Identity& identity, const Visit& visit) {
  if (section.players() < identity.links().size()) {
    for (size_t player = 0; player < section.players(); ++player) {
      const PlayerKey key = section.player(player), canonical = identity.canonical(key);
      if (canonical != key) visit(canonical, player);
    }
    return;
  }
  for (const auto& [alias, canonical] : identity.links()) {
    if (const auto player = find_player(section, alias)) visit(canonical, *player);
  }
}

bool is_stale(const Section& section, const Identity& identity) {
  return std::any_of(section.moved().begin(), section.moved().end(), [&](const auto& pair) {
    const auto& [origin, player] = pair;
    if (identity.erased(player) || identity.erased(identity.canonical(player))) return false;  // hidden as a whole
    return identity.erased(origin) || identity.canonical(origin) != identity.canonical(player);
  });
}

}  // namespace

Identity::Identity(std::vector<Link> links, std::vector<PlayerKey> erased)
    : links_(std::move(links)), erased_(std::move(erased)) {
  std::erase_if(links_, [](const Link& link) { return link.first == link.second; });
  std::sort(links_.begin(), links_.end());
  std::sort(erased_.begin(), erased_.end());
}

Identity Identity::with(std::span<const Change> changes) const {
  std::map<PlayerKey, PlayerKey> last;
  for (const auto& [player, canonical] : changes) last[player] = canonical;
  Identity result;
  result.erased_ = erased_;
  const bool taken_back = std::any_of(last.begin(), last.end(), [](const auto& c) { return c.second == kNobody; });
  if (!taken_back) result.epoch_ = epoch_;
  result.links_.reserve(links_.size() + last.size());
  auto change = last.begin();
  const auto add_changed = [&] {
    if (change->second != kNobody && change->second != change->first) result.links_.emplace_back(*change);
    ++change;
  };
  for (const Link& link : links_) {
    while (change != last.end() && change->first < link.first) add_changed();
    if (change == last.end() || change->first != link.first) result.links_.push_back(link);
  }
  while (change != last.end()) add_changed();
  return result;
}

PlayerKey Identity::canonical(PlayerKey key) const {
  const auto found = std::lower_bound(links_.begin(), links_.end(), Link{key, 0});
  return found != links_.end() && found->first == key ? found->second : key;
}

uint64_t Identity::new_epoch() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

bool Identity::erased(PlayerKey key) const { return std::binary_search(erased_.begin(), erased_.end(), key); }

RemapPtr remap(const Section& section, const Identity& identity) {
  auto result = std::make_shared<Remap>();
  result->stale = is_stale(section, identity);
  for (const PlayerKey key : identity.erased_players()) {
    const auto player = find_player(section, key);
    if (!player) continue;
    hide(*result, section, *player);
    result->erased = true;
  }
  for_each_alias(section, identity, [&](PlayerKey canonical, size_t player) {
    if (identity.erased(canonical)) {
      result->erased = true;
    } else if (!result->hides(player)) {
      result->elsewhere.emplace_back(canonical, static_cast<uint32_t>(player));
    }
    hide(*result, section, player);
  });
  std::sort(result->elsewhere.begin(), result->elsewhere.end());
  return result;
}

}  // namespace gm::behavior
