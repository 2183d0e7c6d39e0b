// Any bytes as the head of a request for a WebSocket: no crash, and what is not refused is answered with a key of its
// own length.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "lib/http/request_head.h"
#include "lib/http/web_socket_handshake.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const size_t end = gm::http::find_head_end(bytes);
  gm::http::RequestHead head;
  if (end == 0 || gm::http::parse_head(bytes.substr(0, end), head)) return 0;
  gm::http::Request request;
  request.method = head.method;
  request.headers = head.headers;
  request.body = bytes.substr(end);
  if (!gm::http::asks_for_socket(request) || gm::http::refuse_handshake(request)) return 0;
  const bool offered = gm::http::offers_protocol(request, "graphql-transport-ws");
  const auto response = gm::http::switch_protocols(request, offered ? "graphql-transport-ws" : "");
  constexpr size_t kAcceptBytes = 28;
  if (response.status != 101 || response.headers.size() != (offered ? 4u : 3u)) std::abort();
  if (response.headers[2].second.size() != kAcceptBytes) std::abort();
  return 0;
}
