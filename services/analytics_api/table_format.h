#pragma once
// Private to this folder: the forms of an answer that is rows, and which of them a request wants.

#include <cstdint>
#include <string_view>

#include "lib/http/message.h"
#include "services/analytics_api/parameters.h"

namespace gm::analytics_api {

enum class TableFormat : uint8_t { json, csv, ndjson, parquet };

// The parameter `format`, else what the Accept header likes best, else json. Browsers and tools accept everything: what
// is not one of ours is json.
TableFormat wanted_format(const http::Request& request, Parameters& parameters);
std::string_view format_name(TableFormat format);
std::string_view content_type(TableFormat format);
// The head of an answer that browsers save as a file of this name; its body is empty.
http::Response file_response(TableFormat format, std::string_view name);

}  // namespace gm::analytics_api
