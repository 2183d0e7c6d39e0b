#pragma once
// Private to this folder: the merge log as JSON text.

#include <string>

#include "lib/query/link_log.h"

namespace gm::analytics_api {

std::string render_links(const query::LinkPage& page);
// The decision is durable; numbers follow with the processor's next batch.
std::string render_undo(const std::string& link);

}  // namespace gm::analytics_api
