#include "lib/http/web_socket_handshake.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "lib/codec/text_codecs.h"
#include "lib/http/header_text.h"

namespace gm::http {
namespace {

constexpr std::string_view kVersion = "13";
constexpr std::string_view kAcceptSalt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455 section 1.3
constexpr size_t kKeyTextBytes = 24;
constexpr size_t kKeyBytes = 16;

// True when one of the request's headers of that name lists the token.
bool lists(const Request& request, std::string_view name, std::string_view token) {
  return std::any_of(request.headers.begin(), request.headers.end(), [&](const auto& header) {
    return equals_ignoring_case(header.first, name) && has_token(header.second, token);
  });
}

bool is_key(std::string_view text) {
  if (text.size() != kKeyTextBytes) return false;
  const auto bytes = codec::base64_decode(text);
  return bytes && bytes->size() == kKeyBytes;
}

std::string accept_of(std::string_view key) {
  std::string salted(key);
  salted += kAcceptSalt;
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(salted.data()), salted.size(), digest.data());
  return codec::base64_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace

bool asks_for_socket(const Request& request) {
  return request.method == Method::get && lists(request, "Upgrade", "websocket");
}

std::optional<Response> refuse_handshake(const Request& request) {
  if (request.header("Sec-WebSocket-Version") != kVersion) {
    Response response =
        problem(426, "gm-socket-version", "Version 13 of the WebSocket protocol is spoken here.", request.trace_id);
    response.headers.emplace_back("Sec-WebSocket-Version", kVersion);
    response.headers.emplace_back("Upgrade", "websocket");
    response.headers.emplace_back("Connection", "Upgrade");
    return response;
  }
  const bool whole = lists(request, "Connection", "Upgrade") && is_key(request.header("Sec-WebSocket-Key"));
  if (whole && request.body.empty()) return std::nullopt;
  return problem(400, "gm-socket-handshake",
                 "A WebSocket is asked for with Connection: Upgrade, a Sec-WebSocket-Key of 16 bytes and no body.",
                 request.trace_id);
}

bool offers_protocol(const Request& request, std::string_view protocol) {
  return lists(request, "Sec-WebSocket-Protocol", protocol);
}

Response switch_protocols(const Request& request, std::string_view protocol) {
  Response response;
  response.status = 101;
  response.headers.emplace_back("Upgrade", "websocket");
  response.headers.emplace_back("Connection", "Upgrade");
  response.headers.emplace_back("Sec-WebSocket-Accept", accept_of(request.header("Sec-WebSocket-Key")));
  if (!protocol.empty()) response.headers.emplace_back("Sec-WebSocket-Protocol", protocol);
  return response;
}

}  // namespace gm::http
