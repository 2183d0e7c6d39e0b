#pragma once
// The routes that read numbers, for people and services beside project keys.

#include "lib/http/message.h"
#include "lib/identity/project_access.h"
#include "services/analytics_api/analytics_api.h"

namespace gm::analytics_api {

// As register_routes() of analytics_api.h; `people` outlives the router, and null lets keys alone read.
void register_routes(http::Router& router, Dependencies dependencies, const identity::ProjectAccess* people);

}  // namespace gm::analytics_api
