#pragma once
// The answers of ingestion, in each dialect's own form.

#include <string_view>

#include "lib/base/result.h"
#include "lib/http/message.h"
#include "services/event_ingestion/batch_builder.h"

namespace gm::event_ingestion {

// HTTP status of a whole-request error code ("gm-batch-empty" -> 400).
int status_of(std::string_view code);

http::Response native_stored(const DecodedBatch& batch, std::string_view request_id);
http::Response native_refused(const Error& error, std::string_view trace_id);

http::Response posthog_stored();
http::Response posthog_refused(const Error& error);

}  // namespace gm::event_ingestion
