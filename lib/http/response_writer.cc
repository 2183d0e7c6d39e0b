#include "lib/http/response_writer.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>

namespace gm::http {
namespace {

bool is_header_text(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

struct Reason {
  int status;
  std::string_view phrase;
};
// RFC 9110 section 15, and 429 and 431 of RFC 6585; the success first, for it is nearly always asked for.
constexpr Reason kReasons[] = {
    {200, "OK"},
    {101, "Switching Protocols"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

void append_number(std::string& out, size_t value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value);
  out.append(digits, end.ptr);
}

bool has_body(int status) { return status >= 200 && status != 204 && status != 304; }

}  // namespace

std::string_view reason_phrase(int status) {
  for (const Reason& reason : kReasons) {
    if (reason.status == status) return reason.phrase;
  }
  return "Unknown";
}

Response internal_error(std::string_view trace_id) {
  return problem(500, "gm-internal-error", "Something went wrong. The log line with this trace id tells more.",
                 trace_id);
}

Response overloaded(std::string_view trace_id) {
  Response response = problem(503, "gm-overloaded", "Too many requests are waiting. Try again.", trace_id);
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

void append_answer(std::string& out, const Response& response, const AnswerOptions& options) {
  out += "HTTP/1.1 ";
  append_number(out, static_cast<size_t>(response.status));
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\nDate: ";
  out += options.date;
  if (has_body(response.status)) {
    if (!response.content_type.empty() && is_header_text(response.content_type)) {
      out += "\r\nContent-Type: ";
      out += response.content_type;
    }
    if (options.chunked) {
      out += "\r\nTransfer-Encoding: chunked";
    } else {
      out += "\r\nContent-Length: ";
      append_number(out, response.body.size());
    }
  }
  if (!options.trace_id.empty()) {
    out += "\r\nX-Request-Id: ";
    out += options.trace_id;
  }
  for (const auto& [name, value] : response.headers) {
    if (!is_header_text(name) || !is_header_text(value)) continue;
    out += "\r\n";
    out += name;
    out += ": ";
    out += value;
  }
  if (!options.keep_alive) out += "\r\nConnection: close";
  out += "\r\n\r\n";
  if (has_body(response.status) && !options.head && !options.chunked) out += response.body;
}

std::string_view DateText::at(int64_t unix_ms) {
  const int64_t second = unix_ms / 1000;
  if (second != second_) {
    second_ = second;
    text_ = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(static_cast<std::time_t>(second)));
  }
  return text_;
}

}  // namespace gm::http
