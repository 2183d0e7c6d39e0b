#pragma once
// Private to this folder: the resolvers of questions on events, of the players behind their cells, and of players.

#include "lib/graphql/schema.h"

namespace gm::analytics_api {

void add_questions(graphql::Schema& schema);

}  // namespace gm::analytics_api
