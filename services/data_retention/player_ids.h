#pragma once
// Which ids are a player's: as the store says, and as requests remember that took him out of it.

#include <functional>
#include <string>
#include <vector>

#include "lib/store/privacy_store.h"

namespace gm::data_retention {

// Whether the request is about somebody with one of these ids.
bool is_about(const store::PrivacyRequest& request, ProjectId project, const std::vector<std::string>& ids);

class PlayerIds {
 public:
  // As the store says: all ids of the player whom the id names, that one first. May block.
  using Ask = std::function<Result<std::vector<std::string>>(ProjectId, const std::string& player_id)>;
  PlayerIds(store::PrivacyStore& requests, Ask ask) : requests_(requests), ask_(std::move(ask)) {}

  Result<std::vector<std::string>> of(ProjectId project, const std::string& player_id) const;
  // Restrictions and objections of the player that are in force; `kinds` says which.
  Result<std::vector<store::PrivacyRequest>> in_force(ProjectId project, const std::vector<std::string>& ids,
                                                      const std::vector<store::PrivacyKind>& kinds) const;

 private:
  store::PrivacyStore& requests_;
  const Ask ask_;
};

}  // namespace gm::data_retention
