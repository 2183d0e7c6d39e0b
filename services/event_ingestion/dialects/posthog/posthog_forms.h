#pragma once
// The wrappings of PostHog's bodies, and its answers to questions about features that do not exist here yet.

#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/http/message.h"

namespace gm::event_ingestion {

// "?compression=gzip" or "gzip-js".
bool posthog_query_says_gzip(const http::Request& request);

// Time of sending in the query ("_" or "sent_at", milliseconds); 0 when absent or not plausible (year 2020 or before).
int64_t posthog_sent_ms(const http::Request& request);

// The JSON inside: as it is, in the field "data" of a form or of a GET's query, or base64. `storage` holds the bytes
// (and their padding) where they had to be unwrapped. Error: gm-body-malformed.
Result<std::string_view> unwrap_posthog_body(const http::Request& request, std::string_view body, std::string& storage);

http::Response posthog_no_flags();
// Tells a client to stop recording sessions.
http::Response posthog_no_recordings();
http::Response posthog_config();

}  // namespace gm::event_ingestion
