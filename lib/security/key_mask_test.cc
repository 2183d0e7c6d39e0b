#include "lib/security/key_mask.h"

#include <gtest/gtest.h>

#include "lib/security/keys.h"

namespace gm::security {
namespace {

TEST(KeyMask, KeysAreMaskedWhereverTheyStandInAText) {
  SeededRandom random(4);
  const std::string key = make_key(KeyKind::server, random).text;
  const std::string stars(32, '*');
  EXPECT_EQ(without_keys("{\"token\":\"" + key + "\"}"), "{\"token\":\"gm_sk_" + stars + "\"}");
  EXPECT_EQ(without_keys(key + key), "gm_sk_" + stars + "gm_sk_" + stars) << "whatever follows";
  std::string mistyped = key;
  mistyped.back() = mistyped.back() == 'x' ? 'y' : 'x';
  EXPECT_EQ(without_keys(mistyped), "gm_sk_" + stars) << "nearly a key tells the key";
  EXPECT_EQ(without_keys("a " + key.substr(0, 32)), "a gm_sk_" + std::string(26, '*'))
      << "only its checksum is cut off";
  EXPECT_FALSE(without_keys("gm_sk_ is how a server key begins; gm_wk_short, gm_xk_" + key.substr(6)));
  EXPECT_FALSE(without_keys(""));
}

}  // namespace
}  // namespace gm::security
