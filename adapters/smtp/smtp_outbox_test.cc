#include "adapters/smtp/smtp_outbox.h"

#include <gtest/gtest.h>

#include "lib/codec/text_codecs.h"

namespace gm::smtp {
namespace {

constexpr int64_t kNowMs = 1'795'763'100'000;  // 2026-11-27T07:05:00Z, a Friday

SmtpSettings given(std::string url) {
  SmtpSettings settings;
  settings.url = std::move(url);
  settings.from = "metrics@studio.example";
  settings.timeout_ms = 1000;
  return settings;
}

TEST(SmtpMessage, HasItsHeadersAndItsTextInBase64) {
  SeededRandom random(1);
  const std::string text =
      message_text({"ada@x.example", "A subject", "Grüße,\n.\nand a long line " + std::string(200, 'x')},
                   "metrics@studio.example", kNowMs, random);
  EXPECT_TRUE(
      text.starts_with("Date: Fri, 27 Nov 2026 07:05:00 +0000\r\nFrom: GameMetrics <metrics@studio.example>\r\n"
                       "To: <ada@x.example>\r\nMessage-ID: <"))
      << text;
  EXPECT_NE(text.find("@studio.example>\r\nSubject: A subject\r\n"), std::string::npos);
  const size_t body = text.find("\r\n\r\n") + 4;
  std::string encoded;
  for (size_t at = body; at < text.size();) {
    const size_t end = text.find("\r\n", at);
    ASSERT_NE(end, std::string::npos) << "a line without an end";
    EXPECT_LE(end - at, 76u);
    EXPECT_NE(text[at], '.');
    encoded += text.substr(at, end - at);
    at = end + 2;
  }
  EXPECT_EQ(codec::base64_decode(encoded), "Grüße,\r\n.\r\nand a long line " + std::string(200, 'x'));
}

TEST(SmtpAddress, OnlyDotAtomsAreWrittenTo) {
  for (const char* fine : {"ada@x.example", "a.d+tag@x-y.example", "o'neill@x", "#!$%&'*+/=?^_`{|}~-@x.example"})
    EXPECT_TRUE(is_plain_address(fine)) << fine;
  for (const char* wrong : {"",
                            "ada",
                            "@x",
                            "a@",
                            "a@b@c",
                            ".a@x",
                            "a.@x",
                            "a..b@x",
                            "a@.x",
                            "a@x.",
                            "a b@x",
                            "\"a b\"@x",
                            "a>@x",
                            "a@x>",
                            "a@x\r\nRCPT TO:<b@y>",
                            "a@x,b",
                            "a,b@x",
                            "a@[127.0.0.1]",
                            "ä@x.example",
                            "a@ä.example",
                            "a;b@x",
                            "<a@x"})
    EXPECT_FALSE(is_plain_address(wrong)) << wrong;
}

TEST(SmtpSettingsTest, WhatCannotBeSentSafelyIsRefusedAtTheStart) {
  EXPECT_TRUE(given("smtp://mail.studio.example:587").check().ok());
  EXPECT_TRUE(given("smtps://mail.studio.example").check().ok());
  for (const char* url : {"", "mail.studio.example", "http://mail.studio.example", "smtp://ada:secret@mail.example",
                          "smtp://mail.example/path", "smtp://mail.example?x", "smtp://mail.example#x", "smtp://"})
    EXPECT_EQ(given(url).check().error().code, "gm-config-invalid-value") << url;
  SmtpSettings settings = given("smtp://mail.studio.example");
  settings.from = "Metrics <metrics@studio.example>";
  EXPECT_FALSE(settings.check().ok());
  settings = given("smtp://mail.studio.example");
  settings.user = "metrics";
  EXPECT_FALSE(settings.check().ok()) << "a name without a password";
  settings.password = "secret";
  EXPECT_TRUE(settings.check().ok());
}

TEST(SmtpSettingsTest, OnlyThisMachineIsSpokenToWithoutTls) {
  for (const char* here : {"smtp://localhost:25", "smtp://127.0.0.1:25", "smtp://127.8.9.10", "smtp://[::1]:25"})
    EXPECT_TRUE(given(here).loopback()) << here;
  for (const char* elsewhere : {"smtp://mail.studio.example", "smtp://127.0.0.1.studio.example", "smtp://10.0.0.1",
                                "smtp://localhost.studio.example", "smtp://[::2]", ""})
    EXPECT_FALSE(given(elsewhere).loopback()) << elsewhere;
}

TEST(SmtpOutboxTest, SaysWhyItCouldNot) {
  const SystemClock clock;
  SystemRandom random;
  SmtpOutbox outbox(given("smtp://127.0.0.1:1"), clock, random);
  EXPECT_EQ(outbox.send({"a@x\r\nRCPT TO:<b@y>", "s", "t"}).error().code, "gm-mail-address");
  const auto sent = outbox.send({"ada@x.example", "s", "a secret"});
  ASSERT_FALSE(sent.ok());
  EXPECT_EQ(sent.error().code, "gm-mail-failed");
  EXPECT_EQ(sent.error().message.find("a secret"), std::string::npos);
}

}  // namespace
}  // namespace gm::smtp
