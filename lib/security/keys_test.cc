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

TEST(KeyRingTest, AListOfOriginsHoldsForWebPagesOnly) {
  SeededRandom random(4);
  const NewKey listed = make_key(KeyKind::write, random);
  const NewKey open = make_key(KeyKind::write, random);
  const auto project = ProjectId::from_stored(7);
  KeyRing ring({{listed.hash, {project, KeyKind::write}, "", {"https://game.example", "https://*.itch.example"}},
                {open.hash, {project, KeyKind::write}}});
  const auto code = [&](const NewKey& key, std::string_view origin) {
    const auto found = ring.authenticate(Credential{key.text, {}, {}}, origin);
    return found ? std::string() : found.error().code;
  };
  EXPECT_EQ(code(listed, ""), "");
  EXPECT_EQ(code(listed, "https://game.example"), "");
  EXPECT_EQ(code(listed, "https://a.itch.example"), "");
  EXPECT_EQ(code(listed, "https://evil.example"), "gm-origin-not-allowed");
  EXPECT_EQ(code(listed, "null"), "gm-origin-not-allowed");
  EXPECT_EQ(code(open, "https://evil.example"), "");
}

TEST(KeyRingTest, APageIsLetInWhenAnyKeyWouldTakeIt) {
  const auto project = ProjectId::from_stored(7);
  const KnownKey listed{"a", {project, KeyKind::write}, "", {"https://game.example"}};
  const KnownKey reader{"b", {project, KeyKind::project}, "", {}};
  const KnownKey server{"c", {project, KeyKind::server}, "", {}};
  const KnownKey open{"d", {project, KeyKind::gameanalytics}, "", {}};
  KeyRing ring;
  EXPECT_TRUE(ring.lets_in("https://evil.example")) << "without a key the answer says what is missing";
  ring.replace({listed, reader, server});
  EXPECT_TRUE(ring.lets_in("https://game.example"));
  EXPECT_FALSE(ring.lets_in("https://evil.example"));
  ring.replace({listed, reader, server, open});
  EXPECT_TRUE(ring.lets_in("https://evil.example"));
}

TEST(KeyRingTest, AServerKeyIsRefusedFromAnyWebPage) {
  SeededRandom random(5);
  const NewKey key = make_key(KeyKind::server, random);
  EXPECT_EQ(key.text.substr(0, 6), "gm_sk_");
  EXPECT_TRUE(looks_like_key(key.text));
  KeyRing ring({{key.hash, {ProjectId::from_stored(7), KeyKind::server}}});
  const auto found = ring.authenticate(key.text);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->kind, KeyKind::server);
  EXPECT_EQ(ring.authenticate(Credential{key.text, {}, {}}, "https://game.example").error().code,
            "gm-origin-not-allowed");
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
