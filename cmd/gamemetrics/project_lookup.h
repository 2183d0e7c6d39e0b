#pragma once
// What the processor asks of projects, answered from the metadata store.

#include "lib/store/metadata_store.h"
#include "services/event_processor/project_directory.h"

namespace gm::gamemetrics {

class ProjectLookup final : public event_processor::ProjectDirectory {
 public:
  explicit ProjectLookup(store::MetadataStore& metadata) : metadata_(metadata) {}
  Result<std::optional<event_processor::ProjectProfile>> find(ProjectId project) override;

 private:
  store::MetadataStore& metadata_;
};

}  // namespace gm::gamemetrics
