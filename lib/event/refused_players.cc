#include "lib/event/refused_players.h"

#include <algorithm>

namespace gm::event {
namespace {

constexpr std::string_view kBlanks = " \t";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

uint32_t letter_bit(char c) { return uint32_t{1} << (c & 31); }

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

RefusedPlayers::RefusedPlayers(std::string_view list) {
  for (size_t start = 0; start <= list.size();) {
    const size_t end = std::min(list.find(',', start), list.size());
    std::string id(trimmed(list.substr(start, end - start)));
    start = end + 1;
    if (id.empty() || id.size() > kNameBytesMax) continue;
    std::transform(id.begin(), id.end(), id.begin(), lower);
    first_letters_[id.size()] |= letter_bit(id.front());
    ids_.push_back(std::move(id));
  }
  std::sort(ids_.begin(), ids_.end());
}

bool RefusedPlayers::holds(std::string_view player) const {
  if (player.empty() || player.size() > kNameBytesMax) return false;
  if ((first_letters_[player.size()] & letter_bit(player.front())) == 0) return false;
  std::array<char, kNameBytesMax> text;
  std::transform(player.begin(), player.end(), text.begin(), lower);
  return std::binary_search(ids_.begin(), ids_.end(), std::string_view(text.data(), player.size()), std::less<>());
}

}  // namespace gm::event
