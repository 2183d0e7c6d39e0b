#pragma once
// Puts right what the store has of a player, the way the log is put right: afterwards it is what a rebuild makes of it.

#include <string>
#include <vector>

#include "lib/event/correction.h"
#include "lib/store/erasable_store.h"
#include "services/event_processor/player_removal.h"
#include "services/event_processor/schema_learner.h"

namespace gm::event_processor {

// The processor's thread, between two batches.
class PlayerRectifier {
 public:
  PlayerRectifier(store::AnalyticsStore& store, PlayerRemoval players, const ProcessorSettings& settings)
      : store_(&store), players_(players), settings_(&settings) {}

  // Of events that were received up to `until_ms`; how many there were to put right. Errors: those of the store;
  // gm-erasure-unsupported when it cannot put anything right.
  Result<int64_t> rectify(ProjectId project, const std::vector<std::string>& ids, const event::Correction& correction,
                          int64_t until_ms);

 private:
  Status find_events(const event::Correction& correction, store::PlayerRectification& found);

  store::AnalyticsStore* store_;
  PlayerRemoval players_;
  const ProcessorSettings* settings_;
  int64_t count_ = 0;
};

}  // namespace gm::event_processor
