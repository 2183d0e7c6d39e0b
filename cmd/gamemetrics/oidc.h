#pragma once
// The provider that people can sign in by, as the operator has set it.

#include "lib/base/result.h"
#include "lib/config/settings.h"
#include "lib/io/file.h"
#include "services/users/oidc_settings.h"

namespace gm::gamemetrics {

// Error gm-config-invalid-value.
Result<users::OidcSettings> load_oidc(const config::Settings& settings, io::FileSystem& files);

}  // namespace gm::gamemetrics
