#pragma once
// Organisations and people of a data directory; apart from targets.h, which has no room for another port's headers.

#include <memory>

#include "lib/base/result.h"
#include "lib/config/settings.h"
#include "lib/identity/identity_store.h"

namespace gm::gamemetrics {

// Errors: gm-metadata-*.
Result<std::unique_ptr<identity::IdentityStore>> open_identity_store(const config::Settings& settings);

}  // namespace gm::gamemetrics
