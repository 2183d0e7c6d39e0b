#include "services/event_ingestion/decoding/reserved_properties.h"

#include <gtest/gtest.h>

namespace gm::event_ingestion {
namespace {

struct Screened {
  std::string properties;
  bool left_out = false;
};

Screened screen(std::string_view properties, AddressRule rule = AddressRule::drop, std::string_view stated = "",
                std::string_view sender = "") {
  IngestSettings settings = IngestSettings::from(config::Settings::defaults());
  settings.address_rule = rule;
  settings.sender.address = sender;
  ReservedProperties reserved(settings);
  Screened out;
  out.properties = reserved.screen(properties, stated);
  out.left_out = reserved.left_out();
  return out;
}

TEST(ReservedPropertiesTest, WhatIsNotReservedIsNotTouched) {
  for (const char* text : {"", "{}", R"({"level":12})", R"({ "$lib" : "x", "$set":{"$gm_a":1}, "gm_a":2 })",
                           R"({"note":"$gm_ and $ip","$ipod":1,"é":"\u00e9"})", R"({"a":"\u0041"})"}) {
    const auto out = screen(text);
    EXPECT_EQ(out.properties, text);
    EXPECT_FALSE(out.left_out);
  }
}

TEST(ReservedPropertiesTest, NamesOfTheServerAreLeftOutHoweverTheyAreWritten) {
  EXPECT_EQ(screen(R"({"$gm_a":1})").properties, "{}");
  EXPECT_EQ(screen(R"({"a":1,"$gm_validated":{"x":[1,2]},"b":"$gm_"})").properties, R"({"a":1,"b":"$gm_"})");
  EXPECT_EQ(screen(R"({"\u0024gm_a":1,"b":2})").properties, R"({"b":2})");
  EXPECT_EQ(screen(R"({"$\u0067m_a":1,"b":2})").properties, R"({"b":2})");
  EXPECT_EQ(screen(R"({"$gm_a":1,"$gm_a":2,"b":{"$gm_c":3}})").properties, R"({"b":{"$gm_c":3}})");
  EXPECT_TRUE(screen(R"({"$gm_a":1})").left_out);
  EXPECT_FALSE(screen(R"({"$ip":"192.0.2.17"})").left_out) << "an address is no secret of the server's";
}

TEST(ReservedPropertiesTest, DroppedAddressesAreNowhere) {
  EXPECT_EQ(screen(R"({"$ip":"192.0.2.17","a":1})", AddressRule::drop, "192.0.2.18", "192.0.2.19").properties,
            R"({"a":1})");
  EXPECT_EQ(screen(R"({"a":1,"\u0024ip":"192.0.2.17"})").properties, R"({"a":1})");
}

TEST(ReservedPropertiesTest, TheEventsOwnWordWinsOverTheRequest) {
  EXPECT_EQ(screen(R"({"a":1})", AddressRule::keep, "", "192.0.2.19").properties, R"({"$ip":"192.0.2.19","a":1})");
  EXPECT_EQ(screen("", AddressRule::keep, "", "192.0.2.19").properties, R"({"$ip":"192.0.2.19"})");
  EXPECT_EQ(screen("{ }", AddressRule::keep, "192.0.2.18", "192.0.2.19").properties, R"({"$ip":"192.0.2.18"})");
  EXPECT_EQ(screen(R"({"$ip":"192.0.2.17"})", AddressRule::keep, "192.0.2.18", "192.0.2.19").properties,
            R"({"$ip":"192.0.2.17"})");
  EXPECT_EQ(screen(R"({"a":1})", AddressRule::keep, "$remote", "192.0.2.19").properties,
            R"({"$ip":"192.0.2.19","a":1})");
}

TEST(ReservedPropertiesTest, TruncatedAddressesNameANetwork) {
  EXPECT_EQ(screen(R"({"$ip":"192.0.2.17"})", AddressRule::truncate).properties, R"({"$ip":"192.0.2.0"})");
  EXPECT_EQ(screen("{}", AddressRule::truncate, "", "2001:db8:1:2::3").properties, R"({"$ip":"2001:db8:1::"})");
}

TEST(ReservedPropertiesTest, WhatIsNoAddressIsNotStored) {
  EXPECT_EQ(screen(R"({"$ip":"here","a":1})", AddressRule::keep).properties, R"({"a":1})");
  EXPECT_EQ(screen(R"({"$ip":{"x":"192.0.2.17"},"a":1})", AddressRule::keep).properties, R"({"a":1})");
  EXPECT_EQ(screen(R"({"a":1})", AddressRule::keep).properties, R"({"a":1})");
}

}  // namespace
}  // namespace gm::event_ingestion
