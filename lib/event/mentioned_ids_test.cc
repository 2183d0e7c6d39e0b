#include "lib/event/mentioned_ids.h"

#include <gtest/gtest.h>

#include <string>

namespace gm::event {
namespace {

bool names(std::string_view text, std::string_view id) {
  return mentions(text, [&](std::string_view word) { return word == id; });
}

TEST(MentionedIds, AreFoundHoweverTheyAreWritten) {
  const struct {
    const char* text;
    const char* id;
  } found[] = {
      {R"({"player_id":"anna","event":""})", "anna"},
      {R"({"player_id":4711})", "4711"},
      {R"({"p":"an\u006ea"})", "anna"},
      {R"({"p":"say \"hi\""})", R"(say "hi")"},
      {R"({"p":"J\u00fcrgen K."})", "Jürgen K."},
      {R"({"p":"a=b&c"})", "a=b&c"},
      {"distinct_id=anna%40game.example&x=1", "anna@game.example"},
      {"uid=anna+banana", "anna banana"},
      {R"(not json at all, anna; more)", "anna"},
      {R"({"player_id":"anna)", "anna"},
  };
  for (const auto& one : found) EXPECT_TRUE(names(one.text, one.id)) << one.text;
}

TEST(MentionedIds, AreNoPartOfLongerWords) {
  EXPECT_FALSE(names(R"({"player_id":"annabel"})", "anna"));
  EXPECT_FALSE(names(R"({"time":1764150000000})", "1764"));
  EXPECT_FALSE(names("uid=joanna&x=anna2", "anna"));
}

TEST(MentionedIds, BrokenEscapesAreReadAsTheyStand) {
  EXPECT_FALSE(names(R"({"p":"\u00"})", "anna"));
  EXPECT_FALSE(names("\"\\", "anna"));
  EXPECT_TRUE(names(R"({"p":"\q","id":"anna"})", "anna"));
}

}  // namespace
}  // namespace gm::event
