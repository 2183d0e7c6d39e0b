#pragma once
// The metadata of a data directory that a server has made; commands that change it make none of their own.

#include <memory>

#include "lib/base/result.h"
#include "lib/config/settings.h"
#include "lib/store/metadata_store.h"

namespace gm::gamemetrics {

// Also while the server runs. Errors: gm-project-unknown (there is none), gm-metadata-*.
Result<std::unique_ptr<store::MetadataStore>> open_existing_metadata(const config::Settings& settings);

}  // namespace gm::gamemetrics
