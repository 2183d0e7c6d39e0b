#pragma once
// A file that says which channels and alert rules a project has: docs/reference/notifications.md, "As a file".

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cmd/gamemetrics/api_client.h"

namespace gm::gamemetrics {

// What was done, one line each; the secret of a new channel is in its line. Things are known by their names: what is
// there is changed, what is not is made, what the file does not name stays. Errors: gm-usage-invalid (the file is no
// such file, or a name is there twice), and those of the server; what was done until then stays done.
Result<std::vector<std::string>> apply_alert_file(ApiClient& api, const nlohmann::ordered_json& file);

// The id of the channel or rule with this name or id. `list`: "channels" or "rules". Error gm-usage-invalid.
Result<std::string> id_of(ApiClient& api, const std::string& list, const std::string& name);

}  // namespace gm::gamemetrics
