#pragma once
// The HTTP API's description: schemas/openapi.json as it is, and as pages for people.

#include <string>
#include <string_view>
#include <vector>

#include "lib/http/message.h"

namespace gm::admin {

// What one error code means; views must outlive the call only.
struct ErrorNote {
  std::string_view code;
  int http_status;  // 0: never an HTTP answer
  std::string_view meaning;
  std::string_view way_out;
};

// schemas/openapi.json, for ever.
std::string_view openapi_json();

// Pages without script. `openapi`: a description that is valid, or the call throws.
std::string render_api_page(std::string_view openapi);
std::string render_error_page(const std::vector<ErrorNote>& errors);

// GET /openapi.json, /docs, /docs/errors and /docs/style.css, none of which needs a key.
void register_api_docs(http::Router& router, const std::vector<ErrorNote>& errors);

}  // namespace gm::admin
