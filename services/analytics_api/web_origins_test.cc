#include "services/analytics_api/web_origins.h"

#include <gtest/gtest.h>

namespace gm::analytics_api {
namespace {

bool lets_in(std::string_view list, std::string_view origin) {
  http::Request request;
  request.headers.emplace_back("Host", "numbers.example:8080");
  if (!origin.empty()) request.headers.emplace_back("Origin", origin);
  return WebOrigins::parse(list)->lets_in(request);
}

TEST(WebOriginsTest, WhatIsNoPageIsLetIn) { EXPECT_TRUE(lets_in("", "")); }

TEST(WebOriginsTest, PagesOfTheServerAreLetIn) {
  EXPECT_TRUE(lets_in("", "http://numbers.example:8080"));
  EXPECT_TRUE(lets_in("", "https://Numbers.Example:8080"));
  EXPECT_FALSE(lets_in("", "http://numbers.example"));
  EXPECT_FALSE(lets_in("", "http://numbers.example:8080.evil.example"));
  EXPECT_FALSE(lets_in("", "null"));
}

TEST(WebOriginsTest, OtherPagesAreLetInByTheList) {
  constexpr std::string_view kList = " https://tools.example , https://*.studio.example,,";
  EXPECT_TRUE(lets_in(kList, "https://tools.example"));
  EXPECT_TRUE(lets_in(kList, "https://a.studio.example"));
  EXPECT_FALSE(lets_in(kList, "http://tools.example"));
  EXPECT_FALSE(lets_in(kList, "https://evil.example"));
}

TEST(WebOriginsTest, ARuleThatIsNoneIsRefused) {
  EXPECT_EQ(WebOrigins::parse("https://a.example, tools").error().code, "gm-origin-invalid");
}

TEST(WebOriginsTest, ARequestWithoutAHostIsNotItsOwnPage) {
  http::Request request;
  request.headers.emplace_back("Origin", "http://");
  EXPECT_FALSE(WebOrigins().lets_in(request));
}

}  // namespace
}  // namespace gm::analytics_api
