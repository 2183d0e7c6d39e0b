#pragma once
// Forms and query strings as JSON, for the dialects that send the same fields both ways: one decoder then reads both.

#include <string>
#include <string_view>

#include "services/event_ingestion/decoding/event_reader.h"

namespace gm::event_ingestion {

// "a=1&b=x%20y" as {"a":"1","b":"x y"}: every value is a string, a field without a name is left out. A broken
// percent sign stays as it was written, bytes that are not UTF-8 become U+FFFD: one damaged field must not cost the
// rest.
std::string form_as_json(std::string_view form);

// Keeps `text` in `texts` with the padding that a JSON index may read past its end.
std::string_view keep_padded(TextStore& texts, std::string text);

}  // namespace gm::event_ingestion
