#pragma once
// Serves the dashboard: the files that the build embedded in the binary, or those of the folder named by `ui.dir`.

#include <memory>

#include "lib/config/settings.h"
#include "lib/http/message.h"
#include "services/admin/asset_source.h"

namespace gm::admin {

// Takes every GET that no other route takes ("/*"). Unknown paths get index.html when they may be a page of the
// dashboard and the client asks for HTML, else 404 gm-route-unknown; so do other methods.
void register_dashboard(http::Router& router, const config::Settings& settings);
void register_dashboard(http::Router& router, std::shared_ptr<const AssetSource> source);

}  // namespace gm::admin
