#include "lib/security/public_address.h"

#include <gtest/gtest.h>

namespace gm::security {
namespace {

bool open(std::string_view text) {
  const auto address = IpAddress::parse(text);
  EXPECT_TRUE(address.has_value()) << text;
  return address && is_public_address(*address);
}

TEST(PublicAddress, what_a_machine_on_the_inside_answers_at_is_closed) {
  for (const char* text : {"127.0.0.1",
                           "127.255.255.254",
                           "0.0.0.0",
                           "10.0.0.1",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.168.1.1",
                           "100.64.0.1",
                           "100.100.100.200",
                           "169.254.169.254",
                           "169.254.170.2",
                           "192.0.0.192",
                           "168.63.129.16",
                           "224.0.0.1",
                           "239.255.255.250",
                           "255.255.255.255",
                           "198.18.0.1",
                           "192.0.2.1",
                           "203.0.113.9",
                           "::1",
                           "::",
                           "fe80::1",
                           "fc00::1",
                           "fd00:ec2::254",
                           "ff02::1",
                           "fec0::1",
                           "2001:db8::1",
                           "2001::1",
                           "2002:7f00:1::",
                           "64:ff9b::7f00:1",
                           "64:ff9b:1::1",
                           "100::1",
                           "5f00::1",
                           "3fff::1"}) {
    EXPECT_FALSE(open(text)) << text;
  }
}

TEST(PublicAddress, an_inner_ipv4_address_is_no_more_open_for_being_written_as_ipv6) {
  for (const char* text : {"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "::7f00:1"})
    EXPECT_FALSE(open(text)) << text;
}

TEST(PublicAddress, the_internet_is_open) {
  for (const char* text : {"1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1",
                           "192.167.0.1", "223.255.255.1", "2606:4700:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8"}) {
    EXPECT_TRUE(open(text)) << text;
  }
}

TEST(PublicAddress, ones_own_networks_are_open_when_they_are_named) {
  const auto allowed = AllowedNetworks::parse("10.1.0.0/16, 127.0.0.1");
  ASSERT_TRUE(allowed.ok());
  EXPECT_TRUE(allowed->may_call(*IpAddress::parse("10.1.2.3")));
  EXPECT_TRUE(allowed->may_call(*IpAddress::parse("::ffff:127.0.0.1")));
  EXPECT_FALSE(allowed->may_call(*IpAddress::parse("10.2.0.1")));
  EXPECT_FALSE(allowed->may_call(*IpAddress::parse("127.0.0.2")));
  EXPECT_TRUE(allowed->may_call(*IpAddress::parse("8.8.8.8")));
  EXPECT_TRUE(AllowedNetworks::parse("").ok());
  for (const char* wrong : {"10.1.2.3/16", "localhost", "10.0.0.0/33"})
    EXPECT_FALSE(AllowedNetworks::parse(wrong).ok()) << wrong;
}

}  // namespace
}  // namespace gm::security
