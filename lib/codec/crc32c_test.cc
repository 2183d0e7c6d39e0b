#include "lib/codec/crc32c.h"

#include <gtest/gtest.h>

#include <string>

#include "lib/base/random.h"

namespace gm::codec {
namespace {

TEST(Crc32c, gives_the_values_of_rfc_3720) {
  EXPECT_EQ(crc32c(0, std::string(32, '\0')), 0x8A9136AAu);
  EXPECT_EQ(crc32c(0, std::string(32, '\xFF')), 0x62A8AB43u);
  EXPECT_EQ(crc32c(0, "123456789"), 0xE3069283u);
  EXPECT_EQ(crc32c_portable(0, "123456789"), 0xE3069283u);
  EXPECT_EQ(crc32c(0, ""), 0u);
}

TEST(Crc32c, both_ways_agree_at_every_length_and_split) {
  SeededRandom random(3);
  std::string bytes(300, '\0');
  random.fill(std::as_writable_bytes(std::span(bytes)));
  for (size_t length = 0; length <= bytes.size(); ++length) {
    const std::string_view part(bytes.data(), length);
    const uint32_t whole = crc32c(0, part);
    EXPECT_EQ(crc32c_portable(0, part), whole);
    const size_t split = length == 0 ? 0 : random.below(length);
    EXPECT_EQ(crc32c(crc32c(0, part.substr(0, split)), part.substr(split)), whole);
    EXPECT_EQ(crc32c_portable(crc32c_portable(0, part.substr(0, split)), part.substr(split)), whole);
  }
}

}  // namespace
}  // namespace gm::codec
