#pragma once
// Serves GraphiQL, a page of its own: /graphiql/.

#include <memory>

#include "lib/config/settings.h"
#include "lib/http/message.h"
#include "services/admin/asset_source.h"

namespace gm::admin {

// Adds /graphiql, which leads to the page, and /graphiql/*. Nothing when the setting graphql.graphiql is off.
void register_graphiql(http::Router& router, const config::Settings& settings);
void register_graphiql(http::Router& router, std::shared_ptr<const AssetSource> source);

}  // namespace gm::admin
