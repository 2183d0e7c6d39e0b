#include "lib/event/correction.h"

#include <gtest/gtest.h>

namespace gm::event {
namespace {

std::string corrected(std::string_view correction, std::string_view properties) {
  const auto parsed = parse_correction(correction);
  EXPECT_TRUE(parsed.ok()) << correction;
  Event event;
  event.properties = properties;
  std::string room;
  return correct(*parsed, event, room) ? std::string(event.properties) : "unchanged";
}

TEST(CorrectionTest, ReplacesAndTakesAwayWhatThereIsAndAddsNothing) {
  EXPECT_EQ(corrected(R"({"properties":{"a":7}})", R"({"a":1,"b":2})"), R"({"a":7,"b":2})");
  EXPECT_EQ(corrected(R"({"properties":{"a":null}})", R"({"a":1, "b" : 2})"), R"({"b":2})");
  EXPECT_EQ(corrected(R"({"properties":{"a":null}})", R"({"a":1})"), "{}");
  EXPECT_EQ(corrected(R"({"properties":{"c":7}})", R"({"a":1})"), "unchanged");
  EXPECT_EQ(corrected(R"({"properties":{"a":1}})", R"({"a":1})"), "unchanged");
  EXPECT_EQ(corrected(R"({"properties":{"a":null}})", R"({})"), "unchanged");
  EXPECT_EQ(corrected(R"({"properties":{"a":{"x":[1,2]}}})", R"({"a":"t"})"), R"({"a":{"x":[1,2]}})");
}

TEST(CorrectionTest, ReachesThePlayersOwnPropertiesAndNothingDeeper) {
  EXPECT_EQ(corrected(R"({"properties":{"mail":null}})", R"({"$set":{"mail":"m","x":1},"$set_once":{"mail":"n"}})"),
            R"({"$set":{"x":1},"$set_once":{}})");
  EXPECT_EQ(corrected(R"({"properties":{"mail":null}})", R"({"deep":{"mail":1},"$set":{"$set":{"mail":1}}})"),
            "unchanged");
}

TEST(CorrectionTest, TheRestStaysDigitByDigit) {
  EXPECT_EQ(corrected(R"({"properties":{"a":null}})", R"({"n":12345678901234567890.10,"a":1,"t":"\u00e4\n"})"),
            R"({"n":12345678901234567890.10,"t":"\u00e4\n"})");
  EXPECT_EQ(corrected(R"({"properties":{"\u0061":2}})", R"({"a":1})"), R"({"a":2})");
  EXPECT_EQ(corrected(R"({"properties":{"a":2}})", R"({"\u0061":1,"a":3})"), R"({"\u0061":2,"a":2})");
}

TEST(CorrectionTest, ADimensionIsCorrectedWhereOneWasGiven) {
  const auto correction = parse_correction(R"({"country":"AT","platform":null})");
  ASSERT_TRUE(correction.ok());
  Event event;
  event.country = "DE";
  event.platform = "ios";
  std::string room;
  EXPECT_TRUE(correct(*correction, event, room));
  EXPECT_EQ(event.country, "AT");
  EXPECT_EQ(event.platform, "");
  EXPECT_FALSE(correct(*correction, event, room)) << "once more";
  Event without;
  EXPECT_FALSE(correct(*correction, without, room));
  EXPECT_EQ(without.country, "");
}

TEST(CorrectionTest, WhatIsNoCorrectionIsRefused) {
  for (const std::string_view json :
       {"", "[]", "{}", "{", R"({"country":"at"})", R"({"country":"AUT"})", R"({"country":1})", R"({"platform":""})",
        R"({"platform":{}})", R"({"device":"x"})", R"({"properties":{}})", R"({"properties":[]})",
        R"({"properties":{"$set":1}})", R"({"properties":{"":1}})", R"({"properties":{"a":1,"a":2}})",
        R"({"properties":{"a":1})", R"({"country":"AT"} x)"}) {
    const auto parsed = parse_correction(json);
    ASSERT_FALSE(parsed.ok()) << json;
    EXPECT_EQ(parsed.error().code, "gm-privacy-invalid");
  }
}

}  // namespace
}  // namespace gm::event
