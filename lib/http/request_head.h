#pragma once
// Parses a request's head strictly: whatever two parties could read differently is refused, so that no request can be
// smuggled.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/http/message.h"

namespace gm::http {

// Why the server itself refuses a request, in the words of docs/reference/errors.md.
struct Refusal {
  int status = 400;
  std::string_view code;
  std::string_view detail;
};

struct RequestHead {
  Method method = Method::get;
  std::string_view path;  // still encoded
  std::string_view query;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  size_t content_length = 0;
  bool chunked = false;
  bool keep_alive = true;
  bool expects_continue = false;
  bool http_1_0 = false;
};

// Where the head in `bytes` ends (just past the empty line); 0 when it is not complete yet.
size_t find_head_end(std::string_view bytes);
// True when `bytes`, which hold no complete head, never will: an empty line ended by a bare LF.
bool has_bare_line_feed(std::string_view bytes);

// `bytes` is one complete head; the views in `head` point into it. `head` is reused from request to request.
std::optional<Refusal> parse_head(std::string_view bytes, RequestHead& head);

}  // namespace gm::http
