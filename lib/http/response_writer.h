#pragma once
// Turns a Response into the bytes of an HTTP/1.1 answer.

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/http/message.h"

namespace gm::http {

std::string_view reason_phrase(int status);

struct AnswerOptions {
  bool keep_alive = true;
  bool head = false;     // HEAD: Content-Length as for GET, no body
  bool chunked = false;  // a stream: the body follows in chunks
  std::string_view trace_id;
  std::string_view date;  // see DateText
};
// What the server itself answers when a handler fails, and when too many wait for one.
Response internal_error(std::string_view trace_id);
Response overloaded(std::string_view trace_id);

// Appends to `out`. Header values with CR, LF or NUL are left out: they would split the answer.
void append_answer(std::string& out, const Response& response, const AnswerOptions& options);

// "Mon, 23 Nov 2026 09:00:00 GMT", made anew once a second. One per thread.
class DateText {
 public:
  std::string_view at(int64_t unix_ms);

 private:
  int64_t second_ = -1;
  std::string text_;
};

}  // namespace gm::http
