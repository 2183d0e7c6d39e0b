#include "lib/identity/seal.h"

#include <gtest/gtest.h>

namespace gm::identity {
namespace {

TEST(Seal, OpensWhatItClosedForTheSamePurposeOnly) {
  SeededRandom random(1);
  const Seal seal("a key that nobody knows", random);
  const std::string sealed = seal.close("the secret", "user 3");
  EXPECT_EQ(sealed.find("the secret"), std::string::npos);
  EXPECT_EQ(seal.open(sealed, "user 3").value(), "the secret");
  EXPECT_EQ(seal.open(sealed, "user 4").error().code, "gm-secret-unreadable");
  EXPECT_NE(seal.close("the secret", "user 3"), sealed) << "a nonce of its own each time";
  EXPECT_EQ(Seal("a key that nobody knows", random).open(sealed, "user 3").value(), "the secret");
  EXPECT_EQ(Seal("another key", random).open(sealed, "user 3").error().code, "gm-secret-unreadable");
}

TEST(Seal, EveryChangedByteAndEveryCutIsTold) {
  SeededRandom random(1);
  const Seal seal("a key that nobody knows", random);
  const std::string sealed = seal.close("s", "p");
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(seal.open(changed, "p").ok()) << i;
    EXPECT_FALSE(seal.open(sealed.substr(0, i), "p").ok()) << i;
  }
  EXPECT_EQ(seal.open(seal.close("", "p"), "p").value(), "");
}

}  // namespace
}  // namespace gm::identity
