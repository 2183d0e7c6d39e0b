#include "lib/base/uuid.h"

#include <gtest/gtest.h>

#include <cctype>
#include <set>
#include <string>

namespace gm {
namespace {

TEST(Uuid, reads_both_forms_and_writes_one) {
  const auto id = Uuid::parse("0192F3a4-b5c6-7d8e-9f01-23456789abcd");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->high, 0x0192F3A4B5C67D8Eull);
  EXPECT_EQ(id->low, 0x9F0123456789ABCDull);
  EXPECT_EQ(id->to_string(), "0192f3a4-b5c6-7d8e-9f01-23456789abcd");
  EXPECT_EQ(Uuid::parse("0192f3a4b5c67d8e9f0123456789abcd"), id);
  EXPECT_TRUE(Uuid::parse("00000000-0000-0000-0000-000000000000")->is_nil());
}

TEST(Uuid, refuses_the_rest) {
  for (const char* text : {"", "0192f3a4", "0192f3a4-b5c6-7d8e-9f01-23456789abc",
                           "0192f3a4-b5c6-7d8e-9f01-23456789abcde", "0192f3a4-b5c6-7d8e-9f01-23456789abcg",
                           "0192f3a4b-5c6-7d8e-9f01-23456789abcd", "0192f3a4_b5c6_7d8e_9f01_23456789abcd",
                           "{0192f3a4b5c67d8e9f0123456789ab}", "0192f3a4-b5c6-7d8e-9f0123456789abcd"}) {
    EXPECT_FALSE(Uuid::parse(text)) << text;
  }
}

TEST(Uuid, every_byte_in_every_place_is_a_digit_or_refused) {
  const std::string plain = "0192f3a4b5c67d8e9f0123456789abcd";
  for (size_t place = 0; place < plain.size(); ++place) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = plain;
      text[place] = static_cast<char>(byte);
      const auto id = Uuid::parse(text);
      ASSERT_EQ(id.has_value(), isxdigit(byte) != 0) << "byte " << byte << " at " << place;
      if (!id) continue;
      std::string small = text;
      small[place] = static_cast<char>(tolower(byte));
      std::string written = id->to_string();
      std::erase(written, '-');
      ASSERT_EQ(written, small);
    }
  }
}

TEST(Uuid, version_7_carries_the_time_and_sorts_by_it) {
  SeededRandom random(1);
  const Uuid early = Uuid::v7(1'795'435'200'000, random);
  const Uuid late = Uuid::v7(1'795'435'200'001, random);
  EXPECT_EQ(early.high >> 16, 1'795'435'200'000u);
  EXPECT_EQ((early.high >> 12) & 0xF, 7u);
  EXPECT_EQ(early.low >> 62, 2u);
  EXPECT_LT(early, late);
  EXPECT_NE(early, Uuid::v7(1'795'435'200'000, random));
}

TEST(Uuid, derived_ids_depend_on_every_byte_and_on_nothing_else) {
  const std::string content = "project 1|player p-17|level_start|1795435200000";
  const Uuid id = Uuid::derived_from(content);
  EXPECT_EQ(id, Uuid::derived_from(content));
  EXPECT_EQ((id.high >> 12) & 0xF, 8u);
  EXPECT_EQ(id.low >> 62, 2u);
  std::set<Uuid> seen = {id};
  for (size_t i = 0; i < content.size(); ++i) {
    std::string changed = content;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_TRUE(seen.insert(Uuid::derived_from(changed)).second) << i;
  }
  // Stored in events: another hash would count every repeat twice after an upgrade.
  EXPECT_EQ(Uuid::derived_from("").to_string(), "99aa06d3-0147-88d8-a001-c324468d497f");
}

}  // namespace
}  // namespace gm
