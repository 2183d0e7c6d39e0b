#include "services/data_retention/player_ids.h"

#include <algorithm>

namespace gm::data_retention {
namespace {

bool holds(const std::vector<std::string>& ids, const std::string& id) {
  return std::ranges::find(ids, id) != ids.end();
}

}  // namespace

bool is_about(const store::PrivacyRequest& request, ProjectId project, const std::vector<std::string>& ids) {
  if (request.project != project) return false;
  return holds(ids, request.player) ||
         std::ranges::any_of(request.ids, [&](const std::string& id) { return holds(ids, id); });
}

Result<std::vector<store::PrivacyRequest>> PlayerIds::in_force(ProjectId project, const std::vector<std::string>& ids,
                                                               const std::vector<store::PrivacyKind>& kinds) const {
  auto all = requests_.remembered();
  if (!all) return all;
  std::erase_if(*all, [&](const store::PrivacyRequest& request) {
    return std::ranges::find(kinds, request.kind) == kinds.end() || !is_about(request, project, ids);
  });
  return all;
}

// A restriction has taken his links out of the store.
Result<std::vector<std::string>> PlayerIds::of(ProjectId project, const std::string& player_id) const {
  auto ids = ask_(project, player_id);
  if (!ids) return ids;
  const auto restrictions = in_force(project, *ids, {store::PrivacyKind::restriction});
  if (!restrictions) return restrictions.error();
  for (const store::PrivacyRequest& request : *restrictions) {
    for (const std::string& id : request.ids) {
      if (!holds(*ids, id)) ids->push_back(id);
    }
  }
  return ids;
}

}  // namespace gm::data_retention
