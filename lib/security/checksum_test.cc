#include "lib/security/checksum.h"

#include <gtest/gtest.h>

namespace gm::security {
namespace {

// FIPS 180-4's own example.
TEST(ChecksumTest, IsSha256InHexadecimal) {
  EXPECT_EQ(sha256_text("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace gm::security
