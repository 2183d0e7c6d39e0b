#include "lib/security/origins.h"

#include <gtest/gtest.h>

namespace gm::security {
namespace {

TEST(OriginsTest, RulesAreKeptInOneForm) {
  const std::pair<const char*, const char*> cases[] = {
      {"https://game.example", "https://game.example"},     {"HTTPS://Game.Example:443", "https://game.example"},
      {"http://localhost:80", "http://localhost"},          {"http://localhost:3000", "http://localhost:3000"},
      {"https://*.game.example", "https://*.game.example"}, {"capacitor://localhost", "capacitor://localhost"},
      {"http://[::1]:8080", "http://[::1]:8080"},           {"null", "null"},
  };
  for (const auto& [text, kept] : cases) {
    const auto rule = parse_origin_rule(text);
    ASSERT_TRUE(rule.ok()) << text;
    EXPECT_EQ(*rule, kept);
  }
}

TEST(OriginsTest, WhatIsNoOriginIsRefused) {
  for (const char* text :
       {"", "game.example", "https://", "://game.example", "https://game.example/", "*", "https://*", "https://*.",
        "https://game.example/path", "https://a b", "https://a,b", "https://game.*.example",
        "https://user@game.example", "https://:80", "https://game.example:", "https://game.example:x", "https://[::1",
        "https://[]", "https://[::1]8080"}) {
    const auto rule = parse_origin_rule(text);
    ASSERT_FALSE(rule.ok()) << text;
    EXPECT_EQ(rule.error().code, "gm-origin-invalid");
  }
}

// Found by origins_fuzz: the second port was taken off, and then the first one when the kept rule was read again.
TEST(OriginsTest, TwoPortsAreNoOrigin) {
  for (const char* text : {"http://b:80:80", "https://game.example:443:443", "https://[::1]:443:443"}) {
    EXPECT_FALSE(parse_origin_rule(text).ok()) << text;
  }
}

TEST(OriginsTest, OnlyTheSameOriginFits) {
  EXPECT_TRUE(origin_fits("https://game.example", "https://game.example"));
  EXPECT_TRUE(origin_fits("https://game.example", "https://GAME.example"));
  EXPECT_TRUE(origin_fits("null", "null"));
  for (const char* origin : {"http://game.example", "https://game.example:8443", "https://game.example.evil",
                             "https://evil-game.example", "https://a.game.example", "null", ""}) {
    EXPECT_FALSE(origin_fits("https://game.example", origin)) << origin;
  }
}

TEST(OriginsTest, AStarStandsForEveryHostBelow) {
  constexpr const char* kRule = "https://*.game.example";
  EXPECT_TRUE(origin_fits(kRule, "https://eu.game.example"));
  EXPECT_TRUE(origin_fits(kRule, "https://a.eu.game.example"));
  for (const char* origin :
       {"https://game.example", "https://.game.example", "http://eu.game.example", "https://evilgame.example",
        "https://eu.game.example:8443", "https://eu.game.example.evil", "https://", ""}) {
    EXPECT_FALSE(origin_fits(kRule, origin)) << origin;
  }
}

}  // namespace
}  // namespace gm::security
