#pragma once
// Private to this folder: where the fields of schemas/analytics.graphql's Subscription get their events from.

#include "lib/graphql/schema.h"

namespace gm::analytics_api {

void add_subscribers(graphql::Schema& schema);

}  // namespace gm::analytics_api
