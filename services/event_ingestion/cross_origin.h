#pragma once
// What browsers want to hear before they let a page of another origin send events (CORS). Every origin is let in: the
// write key in the request decides, and it grants nothing but sending.

#include "lib/http/message.h"

namespace gm::event_ingestion {

void allow_origin(const http::Request& request, http::Response& response);
// The answer to OPTIONS.
http::Response preflight(const http::Request& request);

}  // namespace gm::event_ingestion
