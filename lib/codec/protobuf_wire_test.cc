#include "lib/codec/protobuf_wire.h"

#include <gtest/gtest.h>

namespace gm::codec {
namespace {

using namespace std::string_view_literals;

TEST(ProtobufWireTest, ReadsEachWireType) {
  // 150 as the encoding guide writes it, then a fixed64 double, a fixed32 and a string.
  ProtobufReader reader(
      "\x08\x96\x01"
      "\x11\x00\x00\x00\x00\x00\x00\xF8\x3F"
      "\x1D\x01\x00\x00\x80"
      "\x22\x07testing"sv);
  ASSERT_TRUE(reader.next());
  EXPECT_TRUE(reader.is(1, WireType::varint));
  EXPECT_EQ(reader.integer(), 150u);
  ASSERT_TRUE(reader.next());
  EXPECT_TRUE(reader.is(2, WireType::fixed64));
  EXPECT_EQ(reader.number(), 1.5);
  ASSERT_TRUE(reader.next());
  EXPECT_TRUE(reader.is(3, WireType::fixed32));
  EXPECT_EQ(reader.integer(), 0x80000001u);
  ASSERT_TRUE(reader.next());
  EXPECT_TRUE(reader.is(4, WireType::bytes));
  EXPECT_EQ(reader.bytes(), "testing");
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.broken());
}

TEST(ProtobufWireTest, AnEmptyMessageHasNoFields) {
  ProtobufReader reader("");
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.broken());
}

TEST(ProtobufWireTest, WhatIsWrittenReadsAsTheSame) {
  std::string message;
  append_protobuf_integer(message, 1, 0);
  append_protobuf_integer(message, 536'870'911, UINT64_MAX);
  append_protobuf_bytes(message, 2, std::string(300, 'x'));
  ProtobufReader reader(message);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.integer(), 0u);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.field(), 536'870'911u);
  EXPECT_EQ(reader.integer(), UINT64_MAX);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.bytes().size(), 300u);
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.broken());
}

struct Broken {
  const char* what;
  std::string_view bytes;
};

class BrokenWire : public testing::TestWithParam<Broken> {};

TEST_P(BrokenWire, IsBrokenAndStaysSo) {
  ProtobufReader reader(GetParam().bytes);
  while (reader.next()) {
  }
  EXPECT_TRUE(reader.broken()) << GetParam().what;
  EXPECT_FALSE(reader.next());
}

INSTANTIATE_TEST_SUITE_P(
    Wire, BrokenWire,
    testing::Values(Broken{"a field of number 0", "\x00\x01"sv}, Broken{"a tag cut", "\x80"sv},
                    Broken{"a varint cut", "\x08\x96"sv},
                    Broken{"a varint of 11 bytes", "\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"sv},
                    Broken{"a varint of 65 bits", "\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02"sv},
                    Broken{"a length past the end",
                           "\x0A\x05"
                           "ab"sv},
                    Broken{"a length of 2^63", "\x0A\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01z"sv},
                    Broken{"a fixed64 cut", "\x09\x01\x02\x03"sv}, Broken{"a fixed32 cut", "\x0D\x01\x02\x03"sv},
                    Broken{"a group", "\x0B\x0C"sv}, Broken{"wire type 6", "\x0E\x01"sv},
                    Broken{"a field number over 29 bits", "\x88\x80\x80\x80\x20\x01"sv}));

}  // namespace
}  // namespace gm::codec
