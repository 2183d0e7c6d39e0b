#pragma once
// What the processor asks of projects, answered from the metadata store.

#include "cmd/gamemetrics/rate_lookup.h"
#include "lib/store/metadata_store.h"
#include "services/event_processor/project_directory.h"

namespace gm::gamemetrics {

class ProjectLookup final : public event_processor::ProjectDirectory {
 public:
  ProjectLookup(store::MetadataStore& metadata, RateLookup& rates) : metadata_(metadata), rates_(rates) {}
  Result<std::optional<event_processor::ProjectProfile>> find(ProjectId project) override;

 private:
  store::MetadataStore& metadata_;
  RateLookup& rates_;
};

}  // namespace gm::gamemetrics
