#include "lib/http/request_head.h"

#include <boost/beast/http/basic_parser.hpp>
#include <cstring>

#include "lib/http/header_text.h"

namespace gm::http {
namespace {

namespace beast = boost::beast::http;
using BeastError = boost::beast::error_code;
using BeastView = boost::beast::string_view;

constexpr size_t kContentLengthDigits = 18;  // always fits 64 bits

std::string_view to_std(BeastView view) { return {view.data(), view.size()}; }

std::optional<Method> to_method(beast::verb verb) {
  switch (verb) {
    case beast::verb::get:
      return Method::get;
    case beast::verb::head:
      return Method::head;
    case beast::verb::post:
      return Method::post;
    case beast::verb::put:
      return Method::put;
    case beast::verb::patch:
      return Method::patch;
    case beast::verb::delete_:
      return Method::del;
    case beast::verb::options:
      return Method::options;
    case beast::verb::trace:
      return Method::trace;
    default:
      return std::nullopt;
  }
}

// Beast's grammar without its containers: every field goes straight into RequestHead.
class HeadParser final : public beast::basic_parser<true> {
 public:
  explicit HeadParser(RequestHead& head) : head_(head) {}

  std::optional<beast::verb> verb;
  std::string_view target;

 private:
  void on_request_impl(beast::verb method, BeastView, BeastView text, int version, BeastError&) override {
    verb = method;
    target = to_std(text);
    head_.http_1_0 = version == 10;
  }
  void on_field_impl(beast::field, BeastView name, BeastView value, BeastError&) override {
    head_.headers.emplace_back(to_std(name), to_std(value));
  }
  void on_header_impl(BeastError&) override {}
  void on_response_impl(int, BeastView, int, BeastError&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, BeastError&) override {}
  std::size_t on_body_impl(BeastView body, BeastError&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, BeastView, BeastError&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, BeastView body, BeastError&) override { return body.size(); }
  void on_finish_impl(BeastError&) override {}

  RequestHead& head_;
};

Refusal malformed(std::string_view detail) { return {400, "gm-request-malformed", detail}; }

// Lines end with CR LF and nothing else: a bare CR or LF, a NUL or a folded line is where two parsers start to
// disagree.
bool has_odd_line_ends(std::string_view bytes) {
  if (bytes.find('\0') != std::string_view::npos) return true;
  size_t from = 0;
  for (size_t lf = bytes.find('\n'); lf != std::string_view::npos; lf = bytes.find('\n', from)) {
    if (lf == from || bytes[lf - 1] != '\r') return true;
    if (std::memchr(bytes.data() + from, '\r', lf - 1 - from) != nullptr) return true;
    from = lf + 1;
    if (from < bytes.size() && (bytes[from] == ' ' || bytes[from] == '\t')) return true;
  }
  return from != bytes.size();
}

std::optional<size_t> parse_content_length(std::string_view text) {
  if (text.empty() || text.size() > kContentLengthDigits) return std::nullopt;
  size_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<size_t>(c - '0');
  }
  return value;
}

// What the headers say about framing and about the connection.
struct Framing {
  int hosts = 0;
  int lengths = 0;
  int encodings = 0;
  bool length_ok = true;
  bool encoding_ok = true;
  bool close = false;
  bool keep_alive = false;
  bool expects_other = false;
};

void read_header(std::string_view name, std::string_view value, RequestHead& head, Framing& framing) {
  switch (name.size()) {
    case 4:
      if (equals_ignoring_case(name, "host")) ++framing.hosts;
      break;
    case 6:
      if (equals_ignoring_case(name, "expect")) {
        (equals_ignoring_case(value, "100-continue") ? head.expects_continue : framing.expects_other) = true;
      }
      break;
    case 10:
      if (equals_ignoring_case(name, "connection")) {
        framing.close |= has_token(value, "close");
        framing.keep_alive |= has_token(value, "keep-alive");
      }
      break;
    case 14:
      if (equals_ignoring_case(name, "content-length")) {
        const auto length = parse_content_length(value);
        ++framing.lengths;
        framing.length_ok &= length.has_value();
        head.content_length = length.value_or(0);
      }
      break;
    case 17:
      if (equals_ignoring_case(name, "transfer-encoding")) {
        ++framing.encodings;
        framing.encoding_ok &= equals_ignoring_case(value, "chunked");
        head.chunked = true;
      }
      break;
    default:
      break;
  }
}

std::optional<Refusal> check_framing(const Framing& framing, const RequestHead& head) {
  if (framing.lengths > 1 || !framing.length_ok)
    return malformed("Content-Length must be given once, as decimal digits.");
  if (framing.encodings > 0 && framing.lengths > 0) {
    return malformed("Content-Length and Transfer-Encoding must not be given together.");
  }
  if (framing.encodings > 0 && head.http_1_0) return malformed("HTTP/1.0 has no Transfer-Encoding.");
  if (framing.encodings > 1 || !framing.encoding_ok) {
    return Refusal{501, "gm-transfer-encoding-unsupported", "The only Transfer-Encoding understood is: chunked."};
  }
  if (framing.hosts > 1 || (framing.hosts == 0 && !head.http_1_0))
    return malformed("Exactly one Host header is needed.");
  if (framing.expects_other)
    return Refusal{417, "gm-expectation-unsupported", "The only expectation understood is: 100-continue."};
  return std::nullopt;
}

// Origin form "/path?query", or the absolute form that proxies use.
std::optional<Refusal> split_target(std::string_view target, RequestHead& head) {
  if (!target.starts_with('/')) {
    const size_t authority = target.find("://");
    if (authority == std::string_view::npos) return malformed("The request target must start with a slash.");
    const size_t path = target.find('/', authority + 3);
    target = path == std::string_view::npos ? std::string_view("/") : target.substr(path);
  }
  target = target.substr(0, target.find('#'));
  const size_t question = target.find('?');
  head.path = target.substr(0, question);
  head.query = question == std::string_view::npos ? std::string_view{} : target.substr(question + 1);
  return std::nullopt;
}

}  // namespace

size_t find_head_end(std::string_view bytes) {
  const void* found = ::memmem(bytes.data(), bytes.size(), "\r\n\r\n", 4);
  return found == nullptr ? 0 : static_cast<size_t>(static_cast<const char*>(found) - bytes.data()) + 4;
}

bool has_bare_line_feed(std::string_view bytes) {
  for (size_t lf = bytes.find('\n'); lf != std::string_view::npos; lf = bytes.find('\n', lf + 1)) {
    if (lf == 0 || bytes[lf - 1] != '\r') return true;
  }
  return false;
}

std::optional<Refusal> parse_head(std::string_view bytes, RequestHead& head) {
  head.headers.clear();
  head.content_length = 0;
  head.chunked = false;
  head.expects_continue = false;
  if (has_odd_line_ends(bytes)) return malformed("Lines of a request head must end with CR LF.");

  HeadParser parser(head);
  parser.header_limit(static_cast<uint32_t>(bytes.size() + 1));  // the server's own limit was checked before
  parser.body_limit(boost::none);
  BeastError error;
  parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  Framing framing;
  for (const auto& [name, value] : head.headers) read_header(name, value, head, framing);
  // Beast stops at framing it finds odd; our own words for it come first.
  if (auto refusal = check_framing(framing, head); refusal && parser.verb) return refusal;
  if (error || !parser.is_header_done()) return malformed("The request head is not valid HTTP/1.1.");
  const auto method = to_method(*parser.verb);
  if (!method)
    return Refusal{501, "gm-method-unknown", "This server knows GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS."};
  head.method = *method;
  head.keep_alive = head.http_1_0 ? framing.keep_alive && !framing.close : !framing.close;
  return split_target(parser.target, head);
}

}  // namespace gm::http
