#pragma once
// How Segment's clients write what is not a plain JSON body: keys in a header, messages in a query, and the questions
// of browser libraries.

#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/http/message.h"

namespace gm::event_ingestion {

// The user of "Authorization: Basic", which is the write key, or the token of "Bearer"; empty: neither.
std::string segment_header_key(std::string_view authorization);

// The message in the query of a pixel as JSON: base64 or JSON under "data", or dotted names such as
// "properties.level=3". Error: gm-body-malformed.
Result<std::string> segment_pixel_message(std::string_view query);

// A transparent GIF of one pixel.
http::Response segment_pixel();

// What Segment's browser library loads before it sends: one destination, this server.
http::Response segment_settings(const http::Request& request, std::string_view write_key);
// The same for RudderStack's clients: a source without destinations.
http::Response rudder_source(std::string_view write_key);

}  // namespace gm::event_ingestion
