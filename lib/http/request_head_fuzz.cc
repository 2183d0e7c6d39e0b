// Any bytes as a request head: no crash, and nothing that is accepted may be read in two ways.

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "lib/http/header_text.h"
#include "lib/http/request_head.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace gm::http;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const size_t end = find_head_end(bytes);
  if (end == 0) return 0;
  const std::string_view text = bytes.substr(0, end);
  RequestHead head;
  if (parse_head(text, head)) return 0;
  int lengths = 0;
  int encodings = 0;
  for (const auto& [name, value] : head.headers) {
    require(!name.empty() && name.find_first_of(" \t\r\n:") == std::string_view::npos);
    require(value.find_first_of("\r\n") == std::string_view::npos);
    lengths += equals_ignoring_case(name, "content-length") ? 1 : 0;
    encodings += equals_ignoring_case(name, "transfer-encoding") ? 1 : 0;
  }
  require(lengths + encodings <= 1);
  require(head.chunked == (encodings == 1));
  require(lengths == 1 || head.content_length == 0);
  require(head.path.starts_with('/'));
  require(std::count(text.begin(), text.end(), '\r') == std::count(text.begin(), text.end(), '\n'));
  return 0;
}
