#include "lib/security/keys.h"

#include <gtest/gtest.h>

namespace gm::security {
namespace {

TEST(KeysTest, MadeKeysLookLikeKeysAndDiffer) {
  SeededRandom random(1);
  const NewKey a = make_key(KeyKind::write, random);
  const NewKey b = make_key(KeyKind::project, random);
  EXPECT_TRUE(looks_like_key(a.text));
  EXPECT_TRUE(looks_like_key(b.text));
  EXPECT_NE(a.text, b.text);
  EXPECT_EQ(a.text.substr(0, 6), "gm_wk_");
  EXPECT_EQ(b.text.substr(0, 6), "gm_pk_");
  EXPECT_EQ(a.hash.size(), 32u);
  EXPECT_EQ(a.text.substr(0, 12), a.prefix);
}

TEST(KeysTest, EverySingleCharacterErrorIsNoticed) {
  SeededRandom random(2);
  const std::string text = make_key(KeyKind::write, random).text;
  for (size_t i = 0; i < text.size(); ++i) {
    std::string wrong = text;
    wrong[i] = wrong[i] == 'x' ? 'y' : 'x';
    EXPECT_FALSE(looks_like_key(wrong)) << i;
  }
  EXPECT_FALSE(looks_like_key(""));
  EXPECT_FALSE(looks_like_key(text + "0"));
}

TEST(KeyRingTest, AuthenticatesOnlyKnownKeys) {
  SeededRandom random(3);
  const NewKey known = make_key(KeyKind::write, random);
  const NewKey other = make_key(KeyKind::write, random);
  KeyRing ring({{known.hash, {ProjectId::from_stored(7), KeyKind::write}}});
  const auto principal = ring.authenticate(known.text);
  ASSERT_TRUE(principal.ok());
  EXPECT_EQ(principal->project, ProjectId::from_stored(7));
  EXPECT_EQ(ring.authenticate(other.text).error().code, "gm-key-unknown");
  EXPECT_EQ(ring.authenticate("").error().code, "gm-key-missing");
  EXPECT_EQ(ring.authenticate("gm_wk_short").error().code, "gm-key-unknown");
  ring.replace({});
  EXPECT_EQ(ring.authenticate(known.text).error().code, "gm-key-unknown");
}

TEST(KeyRingTest, ReadsTheBearerHeader) {
  EXPECT_EQ(KeyRing::bearer("Bearer abc"), "abc");
  EXPECT_EQ(KeyRing::bearer("bearer   abc "), "abc");
  EXPECT_EQ(KeyRing::bearer("Basic abc"), "");
  EXPECT_EQ(KeyRing::bearer("Bearer"), "");
  EXPECT_EQ(KeyRing::bearer(""), "");
}

}  // namespace
}  // namespace gm::security
