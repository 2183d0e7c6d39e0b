#pragma once
// Amplitude's forms, and the answers that its clients read word by word.

#include <string>
#include <string_view>

#include "lib/base/result.h"
#include "lib/http/message.h"
#include "services/event_ingestion/decoding/batch_builder.h"

namespace gm::event_ingestion {

// Which of two keys an object has first at its top level: "events" (true) or "batch" (false). False also for neither.
// Reads no further than to that key, and nothing of its value.
bool amplitude_has_events(std::string_view body);

// The form of /identify and /groupidentify ("api_key=...&identification=...") as JSON. Error: gm-body-malformed.
Result<std::string> amplitude_form_as_json(std::string_view form);

// 200, or 400 with the places of those that were refused: a client drops these and sends the others again.
http::Response amplitude_stored(const DecodedBatch& batch, size_t bytes, int64_t now_ms);
http::Response amplitude_refused(const Error& error);

}  // namespace gm::event_ingestion
