#include "lib/base/ip_address.h"

#include <gtest/gtest.h>

namespace gm {
namespace {

TEST(IpAddressTest, ReadsWhatProxiesWrite) {
  const std::pair<const char*, const char*> cases[] = {
      {"192.0.2.17", "192.0.2.17"},
      {"192.0.2.17:4711", "192.0.2.17"},
      {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
      {"[2001:db8::1]", "2001:db8::1"},
      {"[2001:db8::1]:4711", "2001:db8::1"},
      {"fe80::1%eth0", "fe80::1"},
      {"::ffff:192.0.2.17", "192.0.2.17"},
      {"::1", "::1"},
  };
  for (const auto& [text, wanted] : cases) {
    const auto address = IpAddress::parse(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->to_string(), wanted);
  }
}

TEST(IpAddressTest, AnythingElseIsNone) {
  for (const char* text : {"", "1", "unknown", "_hidden", "192.0.2", "192.0.2.256", "192.0.2.17:", "192.0.2.17:port",
                           "192.0.2.17:123456", "[2001:db8::1", "[2001:db8::1]x", "2001:db8:::1", "192.0.2.17 ",
                           "1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111"}) {
    EXPECT_FALSE(IpAddress::parse(text)) << text;
  }
}

TEST(IpAddressTest, TruncatedToTheNetwork) {
  EXPECT_EQ(IpAddress::parse("192.0.2.217")->truncated().to_string(), "192.0.2.0");
  EXPECT_EQ(IpAddress::parse("::ffff:192.0.2.217")->truncated().to_string(), "192.0.2.0");
  EXPECT_EQ(IpAddress::parse("2001:db8:12:3456:789a::1")->truncated().to_string(), "2001:db8:12::");
}

TEST(IpNetworkTest, HoldsItsAddressesOnly) {
  const auto ten = IpNetwork::parse("10.0.0.0/9");
  ASSERT_TRUE(ten);
  EXPECT_TRUE(ten->holds(*IpAddress::parse("10.127.255.255")));
  EXPECT_TRUE(ten->holds(*IpAddress::parse("::ffff:10.0.0.1")));
  EXPECT_FALSE(ten->holds(*IpAddress::parse("10.128.0.0")));
  EXPECT_FALSE(ten->holds(*IpAddress::parse("a00::")));
  const auto six = IpNetwork::parse("2001:db8::/32");
  ASSERT_TRUE(six);
  EXPECT_TRUE(six->holds(*IpAddress::parse("2001:db8:ffff::1")));
  EXPECT_FALSE(six->holds(*IpAddress::parse("2001:db9::1")));
  EXPECT_TRUE(IpNetwork::parse("0.0.0.0/0")->holds(*IpAddress::parse("8.8.8.8")));
  EXPECT_FALSE(IpNetwork::parse("0.0.0.0/0")->holds(*IpAddress::parse("::1")));
  EXPECT_TRUE(IpNetwork::parse("127.0.0.1")->holds(*IpAddress::parse("127.0.0.1")));
  EXPECT_FALSE(IpNetwork::parse("127.0.0.1")->holds(*IpAddress::parse("127.0.0.2")));
  for (const char* text :
       {"", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.1/8", "10.0.0.0/8x", "ten/8", "::/129"}) {
    EXPECT_FALSE(IpNetwork::parse(text)) << text;
  }
}

}  // namespace
}  // namespace gm
