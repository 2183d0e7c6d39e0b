#pragma once
// What browsers want to hear before they let a page of another origin send events (CORS). Every origin may hear the
// answer, also the one that its key's list refuses: the answer holds nothing secret, and says what is wrong.

#include "lib/http/message.h"

namespace gm::event_ingestion {

void allow_origin(const http::Request& request, http::Response& response);
// The answer to OPTIONS.
http::Response preflight(const http::Request& request);

}  // namespace gm::event_ingestion
