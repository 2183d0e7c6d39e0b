#include "lib/codec/json_cursor.h"

#include <gtest/gtest.h>

namespace gm::codec {
namespace {

struct Outcome {
  bool valid = false;
  JsonValue value;
};

Outcome read(std::string_view text) {
  static JsonIndex index;
  if (!index.read(text)) return {};
  JsonCursor cursor(index);
  Outcome outcome;
  outcome.value = cursor.value();
  outcome.valid = cursor.finish();
  return outcome;
}

TEST(JsonCursor, TakesEveryKindOfValue) {
  const std::pair<std::string_view, JsonKind> values[] = {{"null", JsonKind::null},
                                                          {" true ", JsonKind::boolean},
                                                          {"false", JsonKind::boolean},
                                                          {"0", JsonKind::number},
                                                          {"-0.5e+10", JsonKind::number},
                                                          {"123456789012345678901234567890", JsonKind::number},
                                                          {"1E9", JsonKind::number},
                                                          {"\"\"", JsonKind::string},
                                                          {"\"a b\"", JsonKind::string},
                                                          {"[]", JsonKind::array},
                                                          {"{}", JsonKind::object},
                                                          {"[1,[2,{\"a\":[]}],\"x\"]", JsonKind::array},
                                                          {"{\"a\":{\"b\":null},\"c\":[true]}", JsonKind::object},
                                                          {"\n{ \"a\" : [ 1 , 2 ] }\r\n\t", JsonKind::object}};
  for (const auto& [text, kind] : values) {
    const Outcome outcome = read(text);
    EXPECT_TRUE(outcome.valid) << text;
    EXPECT_EQ(outcome.value.kind, kind) << text;
  }
  EXPECT_EQ(read(" \"a b\" ").value.raw, "a b");
  EXPECT_EQ(read("  -12.5 ").value.raw, "-12.5");
  EXPECT_EQ(read(" { \"a\" : 1 } ").value.raw, "{ \"a\" : 1 }");
}

TEST(JsonCursor, RefusesWhatIsNotJson) {
  for (const std::string_view text : {"",
                                      " ",
                                      "nul",
                                      "nullx",
                                      "True",
                                      "+1",
                                      "01",
                                      "1.",
                                      ".5",
                                      "1e",
                                      "1e+",
                                      "--1",
                                      "0x1",
                                      "1 2",
                                      "\"a",
                                      "a\"",
                                      "'a'",
                                      "\"a\"b",
                                      "\"a\"\"b\"",
                                      "\"\t\"",
                                      "\"\n\"",
                                      "{",
                                      "}",
                                      "[",
                                      "]",
                                      "[1,]",
                                      "[,1]",
                                      "[1 2]",
                                      "[1,,2]",
                                      "{\"a\"}",
                                      "{\"a\":}",
                                      "{\"a\":1,}",
                                      "{,}",
                                      "{\"a\" 1}",
                                      "{a:1}",
                                      "{1:2}",
                                      "{\"a\":1 \"b\":2}",
                                      "[1}",
                                      "{\"a\":1]",
                                      "[[1]",
                                      "{}{}",
                                      "[]]",
                                      ":",
                                      ",",
                                      "\"a\":1",
                                      "[:]",
                                      "\"\\x\"",
                                      "\"\\u12\"",
                                      "\"\\u12g4\"",
                                      "\"\xff\"",
                                      "\"\xc3\"",
                                      "\"\xed\xa0\x80\"",
                                      "\"\xc0\xaf\"",
                                      "[1\x0c]",
                                      "\x1a",
                                      "\xef\xbb\xbf{}",
                                      "1\"a\"",
                                      "true\"x\"",
                                      "{\"a\"::1}"}) {
    EXPECT_FALSE(read(text).valid) << text;
  }
  EXPECT_FALSE(read(std::string_view("[1]\0", 4)).valid);
  EXPECT_FALSE(read(std::string_view("\"a\0b\"", 5)).valid);
}

TEST(JsonCursor, MeasuresDepthAndMembers) {
  EXPECT_EQ(read("[]").value.depth, 1u);
  EXPECT_EQ(read("1").value.depth, 0u);
  const Outcome outcome = read("{\"a\":[1,{\"b\":{}}],\"c\":{\"d\":1,\"e\":[[]]}}");
  EXPECT_EQ(outcome.value.depth, 4u);
  EXPECT_EQ(outcome.value.members, 5u);
}

TEST(JsonCursor, NestingIsBounded) {
  const std::string deepest = std::string(kJsonDepthMax, '[') + std::string(kJsonDepthMax, ']');
  EXPECT_TRUE(read(deepest).valid);
  EXPECT_EQ(read(deepest).value.depth, kJsonDepthMax);
  EXPECT_FALSE(read("[" + deepest + "]").valid);
  EXPECT_FALSE(read(std::string(1'000'000, '[')).valid);
  std::string objects;
  for (int i = 0; i < 200; ++i) objects += "{\"a\":";
  EXPECT_TRUE(read(objects + "1" + std::string(200, '}')).valid);
}

TEST(JsonCursor, UnescapesText) {
  const Outcome outcome = read(R"("a\"\\\/\b\f\n\r\tÄ€😀z")");
  ASSERT_TRUE(outcome.valid);
  EXPECT_TRUE(outcome.value.escaped);
  EXPECT_TRUE(outcome.value.is_text);
  EXPECT_EQ(json_unescape(outcome.value.raw), "a\"\\/\b\f\n\r\t\xc3\x84\xe2\x82\xac\xf0\x9f\x98\x80z");
  EXPECT_FALSE(read("\"plain\"").value.escaped);
}

TEST(JsonCursor, HalfASurrogatePairIsValidJsonButNoText) {
  for (const std::string_view text : {R"("\ud83d")", R"("\ude00")", R"("\ud83dx")", R"("\ud83dA")", R"("\ud83d\ud83d")",
                                      R"(["ok",{"a":"\ud83d"},"ok"])", R"({"\ud83d":1})", R"({"a":{"\ud83d":1}})"}) {
    const Outcome outcome = read(text);
    EXPECT_TRUE(outcome.valid) << text;
    EXPECT_FALSE(outcome.value.is_text) << text;
  }
  EXPECT_EQ(json_unescape(R"(a\ud83db\ude00)"),
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd");
}

TEST(JsonCursor, WalksMembersAndElements) {
  JsonIndex index;
  ASSERT_TRUE(index.read(R"({"a": 1, "list": [ {"x":1} , 2 ], "z": "end"})"));
  JsonCursor cursor(index);
  std::string seen;
  for (bool more = cursor.begin_object(); more; more = cursor.next_member()) {
    const JsonText key = cursor.key();
    seen += std::string(key.raw) + "=";
    if (key.raw == "list") {
      for (bool element = cursor.begin_array(); element; element = cursor.next_element()) {
        const size_t start = cursor.position();
        cursor.value();
        seen += std::string(cursor.since(start)) + ";";
      }
    } else {
      seen += std::string(cursor.value().raw) + ";";
    }
  }
  EXPECT_TRUE(cursor.finish());
  EXPECT_EQ(seen, "a=1;list={\"x\":1};2;z=end;");
}

TEST(JsonCursor, OnceBrokenItStaysBroken) {
  JsonIndex index;
  ASSERT_TRUE(index.read(R"({"a":tru,"b":1})"));
  JsonCursor cursor(index);
  ASSERT_TRUE(cursor.begin_object());
  cursor.key();
  cursor.value();
  EXPECT_TRUE(cursor.broken());
  EXPECT_FALSE(cursor.next_member());
  EXPECT_FALSE(cursor.begin_array());
  EXPECT_EQ(cursor.peek(), '\0');
  EXPECT_FALSE(cursor.finish());
}

TEST(JsonIndex, MemoryOfALargeTextIsReusedOrGivenBack) {
  JsonIndex index;
  const std::string large = "[" + std::string(6'000'000, ' ') + "1]";
  EXPECT_TRUE(index.read(large));
  EXPECT_TRUE(JsonCursor(index).value().kind == JsonKind::array);
  EXPECT_TRUE(index.read("[2]"));
  EXPECT_EQ(JsonCursor(index).value().raw, "[2]");
}

TEST(JsonCursor, AControlCharacterBehindAValueIsNoWhiteSpace) {
  for (const char* text : {"[12\x01]", "[true\x0b]", "{\"a\"\x0c:1}", "[\"a\"\x02]", "[1 \x01]"}) {
    JsonIndex index;
    if (!index.read(text)) continue;
    JsonCursor cursor(index);
    cursor.value();
    EXPECT_FALSE(cursor.finish()) << text;
  }
}

}  // namespace
}  // namespace gm::codec
