#pragma once
// Private to this folder: the resolvers of the schema registry.

#include "lib/graphql/schema.h"

namespace gm::analytics_api {

void add_event_schema(graphql::Schema& schema);

}  // namespace gm::analytics_api
