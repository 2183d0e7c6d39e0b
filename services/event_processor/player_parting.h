#pragma once
// What it changes when a link is taken back: one player becomes two, each as if the link had never been.

#include <optional>
#include <string>

#include "lib/event/event.h"
#include "lib/store/analytics_store.h"
#include "services/event_processor/player.h"
#include "services/event_processor/project_directory.h"

namespace gm::event_processor {

// Sums of a joined player cannot be divided, so everything is counted anew from his stored events. That is the slow
// way; people undo seldom.
class PlayerParting {
 public:
  PlayerParting(store::AnalyticsStore& store, const ProjectProfile& profile, const SessionRules& rules)
      : store_(&store), profile_(&profile), rules_(&rules) {}

  // Adds to `batch` what the undo changes; its line in the merge log is always there, without its place in the log.
  // Answers with the id of the player who is several from now on; nullopt: nobody is.
  Result<std::optional<std::string>> prepare(const event::LinkUndo& undo, store::MicroBatch& batch);

 private:
  Status count_anew(Player& whole, const store::LinkRow& link, const std::vector<store::LinkRow>& links,
                    store::MicroBatch& batch);

  store::AnalyticsStore* store_;
  const ProjectProfile* profile_;
  const SessionRules* rules_;
};

}  // namespace gm::event_processor
