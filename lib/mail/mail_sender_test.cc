#include "lib/mail/mail_sender.h"

#include <gtest/gtest.h>

#include "lib/codec/text_codecs.h"

namespace gm::mail {
namespace {

// What goes over the wire is test/integration/test_alert_channels.py's, with a real server.

TEST(MailAddress, is_what_may_stand_in_a_header) {
  for (const char* good : {"ada@studio.example", "a+b.c@x.y", "ops@localhost"})
    EXPECT_TRUE(is_mail_address(good)) << good;
  for (const char* bad : {"", "@", "ada", "@x", "ada@", "a@b@c", "a b@c", "a@b\r\nBcc: c@d", "a@b>", "<a@b", "a@b,c@d",
                          "\"a\"@b", "a\t@b", "\xc3\xa4@b.example"}) {
    EXPECT_FALSE(is_mail_address(bad)) << bad;
  }
  EXPECT_FALSE(is_mail_address(std::string(250, 'a') + "@b.example"));
}

TEST(MailHeader, of_ascii_stays_and_cannot_begin_another) {
  EXPECT_EQ(encoded_header("Firing: Few players"), "Firing: Few players");
  EXPECT_EQ(encoded_header("a\r\nBcc: b@c"), "a  Bcc: b@c");
  EXPECT_EQ(encoded_header(std::string(500, 'x')).size(), 200u);
}

// "=?UTF-8?B?...?=" taken together again.
std::string decoded(std::string header) {
  std::string text;
  while (!header.empty()) {
    EXPECT_TRUE(header.starts_with("=?UTF-8?B?")) << header;
    const size_t end = header.find("?=");
    EXPECT_LE(end + 2, 75u);
    text += codec::base64_decode(header.substr(10, end - 10)).value_or("broken");
    header.erase(0, end + 2);
    if (header.starts_with("\r\n ")) header.erase(0, 3);
  }
  return text;
}

TEST(MailHeader, of_other_text_is_encoded_in_pieces_that_cut_no_character) {
  for (const std::string text :
       {"Zu wenige Spieler: ä", "プレイヤーが少なすぎますプレイヤーが少なすぎますプレイヤーが", "ä"}) {
    EXPECT_EQ(decoded(encoded_header(text)), text);
  }
  std::string longer;
  for (int i = 0; i < 60; ++i) longer += "aä€😀";
  EXPECT_TRUE(longer.starts_with(decoded(encoded_header(longer))));
  EXPECT_EQ(decoded(encoded_header("a\xff\xc3")), "a\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(MailDate, is_of_rfc_5322) { EXPECT_EQ(mail_date(1'774'000'000'000), "Fri, 20 Mar 2026 09:46:40 +0000"); }

}  // namespace
}  // namespace gm::mail
