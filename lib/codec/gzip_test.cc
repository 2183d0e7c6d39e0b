#include "lib/codec/gzip.h"

#include <gtest/gtest.h>

namespace gm::codec {
namespace {

constexpr DecompressLimits kLimits{1 << 20, 100};

TEST(GzipTest, ReturnsWhatWasCompressed) {
  for (const size_t size : {0u, 1u, 100u, 5000u, 300'000u}) {
    std::string text;
    for (size_t i = 0; i < size; ++i)
      text += static_cast<char>('a' + (i * 2654435761u >> 7) % 26);  // no short period: below the ratio limit
    const auto back = decompress(gzip_compress(text, 6), true, kLimits);
    ASSERT_TRUE(back.ok()) << size;
    EXPECT_EQ(back->view(), text);
  }
}

TEST(GzipTest, JoinsMembers) {
  const auto back = decompress(gzip_compress("one ", 6) + gzip_compress("two", 6), true, kLimits);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->view(), "one two");
}

TEST(GzipTest, ABombIsRefusedByRatioAndBySize) {
  const std::string bomb = gzip_compress(std::string(10 << 20, '0'), 9);
  EXPECT_EQ(decompress(bomb, true, {1 << 30, 100}).error().code, "gm-decompression-limit");
  EXPECT_EQ(decompress(bomb, true, {1 << 20, 100'000}).error().code, "gm-decompression-limit");
  EXPECT_TRUE(decompress(bomb, true, {1 << 30, 100'000}).ok());
}

TEST(GzipTest, ALyingSizeFieldIsOnlyAHint) {
  std::string bytes = gzip_compress(std::string(5000, 'x') + "y", 6);
  bytes.replace(bytes.size() - 4, 4, "\xff\xff\xff\xff", 4);
  EXPECT_FALSE(decompress(bytes, true, kLimits).ok());
}

TEST(GzipTest, TruncationAndNonsenseAreMalformed) {
  const std::string bytes = gzip_compress("hello hello hello", 6);
  for (size_t n = 1; n < bytes.size(); ++n) {
    EXPECT_FALSE(decompress(std::string_view(bytes).substr(0, n), true, kLimits).ok()) << n;
  }
  EXPECT_EQ(decompress("nonsense", true, kLimits).error().code, "gm-body-malformed");
  EXPECT_EQ(decompress("nonsense", false, kLimits).error().code, "gm-body-malformed");
  EXPECT_TRUE(looks_like_gzip(bytes));
  EXPECT_FALSE(looks_like_gzip("{}"));
}

// "hello hello hello" by zlib 1.3, with and without its header: both are sent as "deflate".
TEST(GzipTest, DeflateIsZlibOrRaw) {
  using namespace std::string_view_literals;
  const std::string_view zlib = "\x78\x9C\xCB\x48\xCD\xC9\xC9\x57\xC8\x40\x90\x00\x3A\x2E\x06\x7D"sv;
  const std::string_view raw = zlib.substr(2, zlib.size() - 6);
  for (const std::string_view bytes : {zlib, raw}) {
    const auto back = decompress(bytes, false, kLimits);
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(back->view(), "hello hello hello");
    for (size_t n = 1; n < bytes.size(); ++n) EXPECT_FALSE(decompress(bytes.substr(0, n), false, kLimits).ok()) << n;
    EXPECT_FALSE(decompress(std::string(bytes) + "x", false, kLimits).ok());
    EXPECT_EQ(decompress(bytes, false, {10, 100}).error().code, "gm-decompression-limit");
  }
}

}  // namespace
}  // namespace gm::codec
