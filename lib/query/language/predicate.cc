#include "lib/query/language/predicate.h"

#include <algorithm>

namespace gm::query {

bool about_players(const Predicate& predicate) {
  if (const auto* rule = std::get_if<Rule>(&predicate.node)) return rule->field.of_player();
  if (std::holds_alternative<Behaviour>(predicate.node)) return true;
  const auto& members = std::get<Group>(predicate.node).members;
  return std::all_of(members.begin(), members.end(), about_players);
}

}  // namespace gm::query
