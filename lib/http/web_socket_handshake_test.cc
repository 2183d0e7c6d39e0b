#include "lib/http/web_socket_handshake.h"

#include <gmock/gmock.h>

namespace gm::http {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Pair;

// The example of RFC 6455 section 1.3.
Request asking() {
  Request request;
  request.headers = {{"Host", "server.example.com"},
                     {"upgrade", "WebSocket"},
                     {"Connection", "keep-alive, Upgrade"},
                     {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                     {"Sec-WebSocket-Protocol", "chat, superchat"},
                     {"Sec-WebSocket-Version", "13"}};
  return request;
}

void set(Request& request, std::string_view name, std::string_view value) {
  for (auto& header : request.headers) {
    if (header.first == name) header.second = value;
  }
}

TEST(SocketHandshake, IsAnsweredAsInTheSpecification) {
  const Request request = asking();
  ASSERT_TRUE(asks_for_socket(request));
  EXPECT_FALSE(refuse_handshake(request).has_value());
  const Response response = switch_protocols(request, "chat");
  EXPECT_EQ(response.status, 101);
  EXPECT_THAT(response.headers, Contains(Pair("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")));
  EXPECT_THAT(response.headers, Contains(Pair("Sec-WebSocket-Protocol", "chat")));
}

TEST(SocketHandshake, ProtocolsMayBeOfferedInSeveralHeaders) {
  Request request = asking();
  request.headers.emplace_back("Sec-WebSocket-Protocol", "third");
  EXPECT_TRUE(offers_protocol(request, "superchat"));
  EXPECT_TRUE(offers_protocol(request, "third"));
  EXPECT_FALSE(offers_protocol(request, "super"));
}

TEST(SocketHandshake, AnotherMethodOrUpgradeAsksForNone) {
  Request request = asking();
  request.method = Method::post;
  EXPECT_FALSE(asks_for_socket(request));
  request = asking();
  set(request, "upgrade", "h2c");
  EXPECT_FALSE(asks_for_socket(request));
}

TEST(SocketHandshake, AnotherVersionIsToldTheRightOne) {
  for (const char* version : {"8", "", "013"}) {
    Request request = asking();
    set(request, "Sec-WebSocket-Version", version);
    const auto refusal = refuse_handshake(request);
    ASSERT_TRUE(refusal.has_value());
    EXPECT_EQ(refusal->status, 426);
    EXPECT_THAT(refusal->headers, Contains(Pair("Sec-WebSocket-Version", "13")));
  }
}

TEST(SocketHandshake, WhatIsMalformedIsRefused) {
  std::vector<Request> bad(5, asking());
  set(bad[0], "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j");      // 15 bytes
  set(bad[1], "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZT0=");  // 17 bytes
  set(bad[2], "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j*Q==");
  set(bad[3], "Connection", "keep-alive");
  bad[4].body = "x";
  for (const Request& request : bad) {
    const auto refusal = refuse_handshake(request);
    ASSERT_TRUE(refusal.has_value());
    EXPECT_EQ(refusal->status, 400);
    EXPECT_THAT(refusal->body, HasSubstr("gm-socket-handshake"));
  }
}

}  // namespace
}  // namespace gm::http
