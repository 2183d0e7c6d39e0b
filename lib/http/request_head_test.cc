#include "lib/http/request_head.h"

#include <gtest/gtest.h>

namespace gm::http {
namespace {

std::optional<Refusal> parse(std::string_view text, RequestHead& head) { return parse_head(text, head); }

TEST(RequestHead, ReadsAPlainRequest) {
  RequestHead head;
  ASSERT_FALSE(parse("POST /v1/events?a=1&b=2 HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\nX-Y:  z \r\n\r\n", head));
  EXPECT_EQ(head.method, Method::post);
  EXPECT_EQ(head.path, "/v1/events");
  EXPECT_EQ(head.query, "a=1&b=2");
  EXPECT_EQ(head.content_length, 12u);
  EXPECT_TRUE(head.keep_alive);
  ASSERT_EQ(head.headers.size(), 3u);
  EXPECT_EQ(head.headers[2].first, "X-Y");
  EXPECT_EQ(head.headers[2].second, "z");
}

TEST(RequestHead, TakesTheAbsoluteFormAndDropsFragments) {
  RequestHead head;
  ASSERT_FALSE(parse("GET http://example.org/a/b?c HTTP/1.1\r\nHost: example.org\r\n\r\n", head));
  EXPECT_EQ(head.path, "/a/b");
  EXPECT_EQ(head.query, "c");
  ASSERT_FALSE(parse("GET /a?b#c HTTP/1.1\r\nHost: x\r\n\r\n", head));
  EXPECT_EQ(head.query, "b");
}

TEST(RequestHead, ConnectionHeadersDecideKeepAlive) {
  RequestHead head;
  ASSERT_FALSE(parse("GET / HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n\r\n", head));
  EXPECT_FALSE(head.keep_alive);
  ASSERT_FALSE(parse("GET / HTTP/1.0\r\n\r\n", head));
  EXPECT_FALSE(head.keep_alive);
  ASSERT_FALSE(parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", head));
  EXPECT_TRUE(head.keep_alive);
}

struct BadHead {
  const char* what;
  std::string_view text;
  int status;
};

class MalformedHead : public testing::TestWithParam<BadHead> {};

TEST_P(MalformedHead, IsRefused) {
  RequestHead head;
  const auto refusal = parse(GetParam().text, head);
  ASSERT_TRUE(refusal) << GetParam().what;
  EXPECT_EQ(refusal->status, GetParam().status) << GetParam().what << ": " << refusal->detail;
}

using std::string_view_literals::operator""sv;

INSTANTIATE_TEST_SUITE_P(
    Smuggling, MalformedHead,
    testing::Values(
        BadHead{"both length and encoding",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        BadHead{"encoding, then length",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400},
        BadHead{"two equal lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
                400},
        BadHead{"two different lengths", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
                400},
        BadHead{"length list", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\n", 400},
        BadHead{"signed length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\n", 400},
        BadHead{"negative length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", 400},
        BadHead{"hexadecimal length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x5\r\n\r\n", 400},
        BadHead{"empty length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \r\n\r\n", 400},
        BadHead{"length with a space inside", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1 2\r\n\r\n", 400},
        BadHead{"huge length", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", 400},
        BadHead{"space before the colon", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length : 5\r\n\r\n", 400},
        BadHead{"encoding twice",
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        BadHead{"encoding identity", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n", 501},
        BadHead{"encoding gzip, chunked", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                501},
        BadHead{"encoding with a trick", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n", 501},
        BadHead{"encoding in HTTP/1.0", "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
        BadHead{"bare CR in a value", "GET / HTTP/1.1\r\nHost: x\r\nA: b\rContent-Length: 5\r\n\r\n", 400},
        BadHead{"bare LF line end", "GET / HTTP/1.1\nHost: x\r\n\r\n", 400},
        BadHead{"bare LF inside", "GET / HTTP/1.1\r\nHost: x\r\nA: b\nContent-Length: 5\r\n\r\n", 400},
        BadHead{"NUL", "GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n"sv, 400},
        BadHead{"folded line", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", 400}));

INSTANTIATE_TEST_SUITE_P(Syntax, MalformedHead,
                         testing::Values(BadHead{"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
                                         BadHead{"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
                                         BadHead{"no version", "GET /\r\nHost: x\r\n\r\n", 400},
                                         BadHead{"version 2", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", 400},
                                         BadHead{"lower-case version", "GET / http/1.1\r\nHost: x\r\n\r\n", 400},
                                         BadHead{"space in target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
                                         BadHead{"target without slash", "GET foo HTTP/1.1\r\nHost: x\r\n\r\n", 400},
                                         BadHead{"no colon", "GET / HTTP/1.1\r\nHost x\r\n\r\n", 400},
                                         BadHead{"empty header name", "GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n", 400},
                                         BadHead{"unknown method", "BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 501},
                                         BadHead{"CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n", 501},
                                         BadHead{"other expectation",
                                                 "POST / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n", 417},
                                         BadHead{"empty line only", "\r\n\r\n", 400}));

TEST(RequestHead, FindsTheEndOfAHead) {
  EXPECT_EQ(find_head_end("GET / HTTP/1.1\r\n\r"), 0u);
  EXPECT_EQ(find_head_end("a\r\n\r\nrest"), 5u);
  EXPECT_TRUE(has_bare_line_feed("GET / HTTP/1.1\n\n"));
  EXPECT_FALSE(has_bare_line_feed("GET / HTTP/1.1\r\nHost: x\r"));
}

}  // namespace
}  // namespace gm::http
