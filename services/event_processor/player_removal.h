#pragma once
// What it takes to take a player out of the store: which ids are his, and what his events added to what was learned.

#include <string>
#include <vector>

#include "lib/store/erasable_store.h"
#include "services/event_processor/processor_settings.h"
#include "services/event_processor/project_directory.h"

namespace gm::event_processor {

// The processor's thread, between two batches.
class PlayerRemoval {
 public:
  PlayerRemoval(store::AnalyticsStore& store, ProjectDirectory& projects, const ProcessorSettings& settings)
      : store_(&store), projects_(&projects), settings_(&settings) {}

  // All ids of the player whom `player_id` names, that one first; it alone when the store knows nobody.
  Result<std::vector<std::string>> ids_of(ProjectId project, const std::string& player_id);
  // Errors: those of the store; gm-erasure-unsupported when it cannot forget anybody.
  Result<store::ErasedRows> erase(ProjectId project, const std::vector<std::string>& ids);
  Status rewrite();
  // Of all of these ids that the store knows.
  Result<std::vector<store::PlayerKey>> keys_of(ProjectId project, const std::vector<std::string>& ids);

 private:
  Status take_back_shapes(store::PlayerErasure& erasure);

  store::AnalyticsStore* store_;
  ProjectDirectory* projects_;
  const ProcessorSettings* settings_;
};

}  // namespace gm::event_processor
