// br and zstd against the same expectations.

#include <brotli/encode.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include "lib/codec/brotli.h"
#include "lib/codec/zstd.h"

namespace gm::codec {
namespace {

std::string brotli_compress(std::string_view text) {
  std::string out(BrotliEncoderMaxCompressedSize(text.size()) + 16, '\0');
  size_t size = out.size();
  EXPECT_EQ(BrotliEncoderCompress(5, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, text.size(),
                                  reinterpret_cast<const uint8_t*>(text.data()), &size,
                                  reinterpret_cast<uint8_t*>(out.data())),
            BROTLI_TRUE);
  return out.substr(0, size);
}

std::string zstd_compress(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

struct Coding {
  const char* name;
  std::string (*compress)(std::string_view);
  Result<Decompressed> (*decompress)(std::string_view, const DecompressLimits&);
};

class StreamCoding : public testing::TestWithParam<Coding> {
 protected:
  static constexpr DecompressLimits kLimits{1 << 20, 100};
  static std::string compress(std::string_view text) { return GetParam().compress(text); }
  static Result<Decompressed> decompress(std::string_view bytes, const DecompressLimits& limits = kLimits) {
    return GetParam().decompress(bytes, limits);
  }
};

TEST_P(StreamCoding, ReturnsWhatWasCompressed) {
  for (const size_t size : {0u, 1u, 100u, 5000u, 300'000u}) {
    std::string text;
    for (size_t i = 0; i < size; ++i) text += static_cast<char>('a' + (i * 2654435761u >> 7) % 26);
    const auto back = decompress(compress(text));
    ASSERT_TRUE(back.ok()) << size;
    EXPECT_EQ(back->view(), text);
  }
}

TEST_P(StreamCoding, ABombIsRefusedByRatioAndBySize) {
  const std::string bomb = compress(std::string(10 << 20, '0'));
  EXPECT_LT(bomb.size(), 4096u);
  EXPECT_EQ(decompress(bomb, {1 << 30, 100}).error().code, "gm-decompression-limit");
  EXPECT_EQ(decompress(bomb, {1 << 20, 100'000}).error().code, "gm-decompression-limit");
  EXPECT_TRUE(decompress(bomb, {1 << 30, 100'000}).ok());
}

TEST_P(StreamCoding, WhatJustFitsIsTaken) {
  for (const size_t size : {4095u, 4096u, 4097u, 70'000u}) {
    const std::string bytes = compress(std::string(size, 'x'));
    EXPECT_TRUE(decompress(bytes, {size, 1000}).ok()) << size;
    EXPECT_EQ(decompress(bytes, {size - 1, 1000}).error().code, "gm-decompression-limit") << size;
  }
}

TEST_P(StreamCoding, TruncationAndNonsenseAreMalformed) {
  const std::string bytes = compress("hello hello hello, and some more of it: 0123456789");
  for (size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_EQ(decompress(std::string_view(bytes).substr(0, n)).error().code, "gm-body-malformed") << n;
  }
  EXPECT_EQ(decompress("{\"events\":[]}").error().code, "gm-body-malformed");
  EXPECT_EQ(decompress(bytes + "x").error().code, "gm-body-malformed");
}

INSTANTIATE_TEST_SUITE_P(Codings, StreamCoding,
                         testing::Values(Coding{"br", brotli_compress, brotli_decompress},
                                         Coding{"zstd", zstd_compress, zstd_decompress}),
                         [](const auto& coding) { return coding.param.name; });

TEST(ZstdTest, JoinsFrames) {
  const auto back = zstd_decompress(zstd_compress("one ") + zstd_compress("two"), {1 << 20, 100});
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->view(), "one two");
}

TEST(ZstdTest, AFailureLeavesNothingBehindInTheThread) {
  const std::string bytes = zstd_compress("hello");
  EXPECT_FALSE(zstd_decompress(bytes.substr(0, 6), {1 << 20, 100}).ok());
  EXPECT_TRUE(zstd_decompress(bytes, {1 << 20, 100}).ok());
}

// The header asks for a window of 2^30 bytes: memory that no request may claim.
TEST(ZstdTest, AHugeWindowIsRefused) {
  using namespace std::string_view_literals;
  EXPECT_EQ(zstd_decompress("\x28\xB5\x2F\xFD\x00\xA0\x01\x00\x00"sv, {1 << 30, 100}).error().code,
            "gm-body-malformed");
  EXPECT_TRUE(zstd_decompress("\x28\xB5\x2F\xFD\x00\x68\x01\x00\x00"sv, {1 << 30, 100}).ok());
}

}  // namespace
}  // namespace gm::codec
