#include "lib/http/web_socket_frames.h"

#include <gmock/gmock.h>

#include <optional>

#include "lib/http/socket_test_frames.h"

namespace gm::http {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr size_t kMessageMax = 1000;

struct Frames : testing::Test {
  std::optional<SocketEnd> take(std::string_view bytes) { return reader.take(bytes, messages, out); }

  FrameReader reader{kMessageMax};
  std::vector<std::string> messages;
  std::string out;
};

TEST_F(Frames, AMessageMayComeInAnyPieces) {
  const std::string bytes = client_frame(kTextOpcode, "one") + client_frame(kTextOpcode, std::string(300, 'x'));
  for (const char byte : bytes) EXPECT_EQ(take({&byte, 1}), std::nullopt);
  EXPECT_THAT(messages, ElementsAre("one", std::string(300, 'x')));
  EXPECT_THAT(out, IsEmpty());
}

TEST_F(Frames, FragmentsAreOneMessageWithControlFramesBetween) {
  EXPECT_EQ(
      take(client_frame(kTextOpcode, "a", false) + client_frame(kPingOpcode, "now") + client_frame(0, "b", false)),
      std::nullopt);
  EXPECT_THAT(messages, IsEmpty());
  EXPECT_EQ(out, "\x8a\x03now");
  EXPECT_EQ(take(client_frame(0, "", false) + client_frame(0, "c")), std::nullopt);
  EXPECT_THAT(messages, ElementsAre("abc"));
}

TEST_F(Frames, AMessageOfTheLengthAllowedIsTakenAndOneByteMoreIsNot) {
  EXPECT_EQ(take(client_frame(kTextOpcode, std::string(kMessageMax, 'x'))), std::nullopt);
  EXPECT_THAT(messages, ElementsAre(std::string(kMessageMax, 'x')));
  EXPECT_EQ(take(client_frame(kTextOpcode, std::string(kMessageMax + 1, 'x'))), SocketEnd::too_large);
  EXPECT_EQ(reader.close_code(), kCloseTooLarge);
  EXPECT_EQ(messages.size(), 1u);
}

TEST_F(Frames, FragmentsTogetherAreBoundedToo) {
  std::optional<SocketEnd> end;
  size_t fragments = 0;
  for (; !end && fragments <= kMessageMax; ++fragments) end = take(client_frame(fragments == 0 ? 1 : 0, "x", false));
  EXPECT_EQ(end, SocketEnd::too_large);
  EXPECT_EQ(fragments, kMessageMax + 1);
  EXPECT_THAT(messages, IsEmpty());
}

TEST_F(Frames, ALengthThatIsTooLargeIsRefusedAtItsFirstByte) {
  const std::string whole = client_frame(kTextOpcode, std::string(70000, 'x'));
  EXPECT_EQ(take(std::string_view(whole).substr(0, 15)), SocketEnd::too_large);
}

TEST_F(Frames, ACloseIsAnsweredWithItsCode) {
  EXPECT_EQ(take(client_close(4999, "done") + client_frame(kTextOpcode, "late")), SocketEnd::client_closed);
  EXPECT_EQ(out, close_frame(4999, "done"));
  EXPECT_THAT(messages, IsEmpty());
  EXPECT_EQ(take(client_frame(kTextOpcode, "later")), SocketEnd::client_closed);
  EXPECT_THAT(messages, IsEmpty());
}

TEST_F(Frames, ACloseWithoutACodeIsAnsweredWithoutOne) {
  EXPECT_EQ(take(client_frame(kCloseOpcode, "")), SocketEnd::client_closed);
  EXPECT_EQ(out, std::string("\x88\x00", 2));
}

TEST(FramesRefused, WhatIsNoProtocol) {
  const std::string bad[] = {
      client_frame(kTextOpcode, "unmasked", true, false),
      client_frame(0, "continues nothing"),
      client_frame(3, "unknown opcode"),
      client_frame(kPingOpcode, "fragment", false),
      client_frame(kPingOpcode, std::string(126, 'x')),
      client_close(1005),
      client_frame(kTextOpcode, "a", false) + client_frame(kTextOpcode, "b"),
      std::string("\xf1\x80"
                  "\x00\x00\x00\x00",
                  6),                                        // reserved bits
      std::string("\x81\xfe\x00\x01\x00\x00\x00\x00x", 9)};  // a length that is longer than it needs to be
  for (const std::string& bytes : bad) {
    FrameReader reader(kMessageMax);
    std::vector<std::string> messages;
    std::string out;
    EXPECT_EQ(reader.take(bytes, messages, out), SocketEnd::malformed) << testing::PrintToString(bytes);
    EXPECT_EQ(reader.close_code(), kCloseProtocolError) << testing::PrintToString(bytes);
    EXPECT_THAT(messages, IsEmpty());
    EXPECT_THAT(out, IsEmpty());
  }
}

TEST_F(Frames, TextIsUtf8) {
  EXPECT_EQ(take(client_frame(kTextOpcode, "\xf0\x9f", false) + client_frame(0, "\x8e\xae")), std::nullopt);
  EXPECT_THAT(messages, ElementsAre("\xf0\x9f\x8e\xae"));
  EXPECT_EQ(take(client_frame(kTextOpcode, "\xc0\xaf")), SocketEnd::malformed);
  EXPECT_EQ(reader.close_code(), kCloseNotUtf8);
}

TEST_F(Frames, BytesAreNoText) {
  EXPECT_EQ(take(client_frame(kBinaryOpcode, "x")), SocketEnd::not_text);
  EXPECT_EQ(reader.close_code(), kCloseNotText);
  EXPECT_THAT(messages, IsEmpty());
}

TEST(ServerFrames, HaveTheShortestLength) {
  EXPECT_EQ(text_frame("hi"), "\x81\x02hi");
  EXPECT_EQ(text_frame(std::string(125, 'x')).substr(0, 2), "\x81\x7d");
  EXPECT_EQ(text_frame(std::string(126, 'x')).substr(0, 4), std::string("\x81\x7e\x00\x7e", 4));
  EXPECT_EQ(text_frame(std::string(65535, 'x')).substr(0, 4), "\x81\x7e\xff\xff");
  EXPECT_EQ(text_frame(std::string(65536, 'x')).substr(0, 10), std::string("\x81\x7f\0\0\0\0\0\x01\0\0", 10));
  EXPECT_EQ(ping_frame(), std::string("\x89\x00", 2));
  EXPECT_EQ(close_frame(4400, "why"), "\x88\x05\x11\x30why");
  EXPECT_EQ(close_frame(1000, std::string(500, 'x')).size(), 127u);
}

}  // namespace
}  // namespace gm::http
