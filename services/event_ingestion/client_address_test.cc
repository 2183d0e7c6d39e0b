#include "services/event_ingestion/client_address.h"

#include <gtest/gtest.h>

namespace gm::event_ingestion {
namespace {

std::string client(const TrustedProxies& proxies, std::string_view peer, std::vector<std::string_view> forwarded = {}) {
  http::Request request;
  request.peer = peer;
  for (const std::string_view one : forwarded) request.headers.emplace_back("X-Forwarded-For", one);
  return proxies.client_of(request);
}

TEST(TrustedProxiesTest, WithoutAnyThePeerIsTheClient) {
  const TrustedProxies none;
  EXPECT_EQ(client(none, "198.51.100.7", {"203.0.113.9"}), "198.51.100.7");
  EXPECT_EQ(client(none, "::ffff:198.51.100.7"), "198.51.100.7");
  EXPECT_EQ(client(none, ""), "");
}

TEST(TrustedProxiesTest, ATrustedProxyIsBelievedFromTheEndOfItsList) {
  const auto proxies = TrustedProxies::parse("10.0.0.0/8, 2001:db8::/32");
  ASSERT_TRUE(proxies.ok());
  EXPECT_EQ(client(*proxies, "10.0.0.1", {"203.0.113.9"}), "203.0.113.9");
  EXPECT_EQ(client(*proxies, "10.0.0.1", {"203.0.113.9:4711"}), "203.0.113.9");
  EXPECT_EQ(client(*proxies, "10.0.0.1", {"192.0.2.1, 203.0.113.9"}), "203.0.113.9") << "the first may be made up";
  EXPECT_EQ(client(*proxies, "10.0.0.1", {"192.0.2.1, 203.0.113.9, 10.9.9.9,2001:db8::5"}), "203.0.113.9");
  EXPECT_EQ(client(*proxies, "10.0.0.1", {"192.0.2.1, 203.0.113.9", "10.2.2.2"}), "203.0.113.9") << "two headers";
  EXPECT_EQ(client(*proxies, "198.51.100.7", {"203.0.113.9"}), "198.51.100.7") << "nobody said that this one is ours";
}

TEST(TrustedProxiesTest, WhatAProxyDoesNotSayIsNotGuessed) {
  const auto proxies = TrustedProxies::parse("10.0.0.0/8");
  ASSERT_TRUE(proxies.ok());
  EXPECT_EQ(client(*proxies, "10.0.0.1"), "");
  EXPECT_EQ(client(*proxies, "10.0.0.1", {"unknown"}), "");
  EXPECT_EQ(client(*proxies, "10.0.0.1", {"203.0.113.9, unknown"}), "");
  EXPECT_EQ(client(*proxies, "10.0.0.1", {"10.0.0.2"}), "");
}

TEST(TrustedProxiesTest, AListThatIsNoneNamesTheSetting) {
  const auto wrong = TrustedProxies::parse("10.0.0.0/8, proxy.example");
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().code, "gm-config-invalid-value");
  EXPECT_NE(wrong.error().message.find("http.trusted_proxies"), std::string::npos);
  EXPECT_TRUE(TrustedProxies::parse("").ok());
  EXPECT_TRUE(TrustedProxies::parse(" , 127.0.0.1 ,").ok());
}

}  // namespace
}  // namespace gm::event_ingestion
