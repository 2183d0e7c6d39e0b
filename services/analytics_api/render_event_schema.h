#pragma once
// Private to this folder: the schema registry as JSON.

#include <string>
#include <vector>

#include "lib/query/event_schema.h"

namespace gm::analytics_api {

// "number".
std::vector<std::string> names_of(event::PropertyTypes types);
// "declared" or "frozen".
std::string_view origin_name(store::DeclarationOrigin origin);

std::string render(const query::EventSchemaPage& page);
std::string render(const query::ViolationList& list);
std::string render_declared(int64_t properties);
std::string render_forgotten(int64_t properties);

}  // namespace gm::analytics_api
