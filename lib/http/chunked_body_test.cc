#include "lib/http/chunked_body.h"

#include <gtest/gtest.h>

#include <string>

namespace gm::http {
namespace {

// Feeds `coded` in pieces of `piece` bytes as a connection does and returns the body, or "malformed" / "more".
std::string decode(const std::string& coded, size_t piece) {
  std::string buffer;
  ChunkedBody body;
  body.start(0);
  for (size_t at = 0; at < coded.size();) {
    const size_t take = std::min(piece, coded.size() - at);
    buffer.append(coded, at, take);
    at += take;
    const auto state = body.advance(buffer.data(), buffer.size());
    if (state == ChunkedBody::State::malformed) return "malformed";
    if (state == ChunkedBody::State::done) {
      const std::string rest = buffer.substr(body.coded()) + coded.substr(at);
      return buffer.substr(0, body.decoded()) + "|" + rest;
    }
    buffer.resize(body.decoded());
    body.compacted();
  }
  return "more";
}

TEST(ChunkedBody, DecodesWhateverThePieces) {
  const std::string coded = "5\r\nhello\r\n1;name=\"v\"\r\n,\r\n00000006\r\n world\r\n0\r\nTrailer: x\r\n\r\nNEXT";
  for (size_t piece = 1; piece <= coded.size(); ++piece) EXPECT_EQ(decode(coded, piece), "hello, world|NEXT") << piece;
}

TEST(ChunkedBody, AnEmptyBodyIsDone) { EXPECT_EQ(decode("0\r\n\r\n", 3), "|"); }

TEST(ChunkedBody, ACutBodyIsNotDone) {
  const std::string coded = "5\r\nhello\r\n0\r\n\r\n";
  for (size_t length = 1; length < coded.size(); ++length)
    EXPECT_EQ(decode(coded.substr(0, length), 4), "more") << length;
}

TEST(ChunkedBody, RefusesWhatOthersMightReadDifferently) {
  for (const char* coded :
       {"5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhelloX0\r\n\r\n", "x\r\n", "\r\n", " 5\r\nhello\r\n",
        "5 \r\nhello\r\n", "0x5\r\nhello\r\n", "-5\r\n", "+5\r\nhello\r\n", "123456789\r\n", ";a\r\n", "0\r\n\n",
        "0\n\r\n", "5;a\nhello\r\n", "0\r\nA: b\n\r\n", "5\r\rhello\r\n"}) {
    EXPECT_EQ(decode(coded, 100), "malformed") << coded;
    EXPECT_EQ(decode(coded, 1), "malformed") << coded;
  }
}

TEST(ChunkedBody, ExtensionsAndTrailersAreBounded) {
  EXPECT_EQ(decode("5;" + std::string(5000, 'a') + "\r\nhello\r\n0\r\n\r\n", 1000), "malformed");
  std::string many;
  for (int i = 0; i < 600; ++i) many += "1;extension\r\nx\r\n";
  EXPECT_EQ(decode(many + "0\r\n\r\n", 1000), "malformed");
  EXPECT_EQ(decode("0\r\n" + std::string(5000, 'a') + "\r\n\r\n", 1000), "malformed");
}

}  // namespace
}  // namespace gm::http
