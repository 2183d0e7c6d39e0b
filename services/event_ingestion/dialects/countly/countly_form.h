#pragma once
// How Countly's clients carry the fields of a request: a query, a form, or (with a picture) a multipart form.

#include <string>
#include <string_view>

#include "services/event_ingestion/decoding/dialect.h"

namespace gm::event_ingestion {

// The fields of `call` as "a=1&b=2", from query and body together. Files inside a multipart form are left out.
std::string countly_form(const Call& call);

}  // namespace gm::event_ingestion
