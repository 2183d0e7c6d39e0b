#include "services/notifications/webhook_transport.h"

#include <gtest/gtest.h>

#include "lib/base/time.h"

namespace gm::notifications {
namespace {

constexpr int64_t kNow = 1'774'000'000'000;  // 2026-03-20T09:46:40Z

TEST(RetryAfter, is_seconds_or_a_date_and_at_most_a_day) {
  EXPECT_EQ(retry_after_ms("120", kNow), 120'000);
  EXPECT_EQ(retry_after_ms("0", kNow), 0);
  EXPECT_EQ(retry_after_ms("Fri, 20 Mar 2026 09:47:40 GMT", kNow), 60'000);
  EXPECT_EQ(retry_after_ms("Fri, 20 Mar 2026 09:45:00 GMT", kNow), 0);
  EXPECT_EQ(retry_after_ms("99999999", kNow), kMsPerDay);
  EXPECT_EQ(retry_after_ms("99999999999999999999999", kNow), kMsPerDay);
  EXPECT_EQ(retry_after_ms("Fri, 20 Mar 2099 09:47:40 GMT", kNow), kMsPerDay);
  for (const char* none : {"", "soon", "-5", "12s", "Fri, 20 Mar 2026 09:47:40"})
    EXPECT_FALSE(retry_after_ms(none, kNow)) << none;
}

TEST(WebhookTransport, without_leave_it_calls_nothing_on_the_inside) {
  config::Settings all = config::Settings::defaults();
  ASSERT_TRUE(all.set("notifications.plain_http", "true", "test").ok());
  const WebhookTransport transport(*NotificationSettings::from(all));
  store::Channel channel;
  channel.secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  for (const char* url :
       {"http://127.0.0.1:9/", "http://localhost:9/", "http://[::1]:9/", "http://2130706433:9/", "http://0x7f.1:9/",
        "http://169.254.169.254/latest/meta-data/", "http://[::ffff:127.0.0.1]:9/", "http://0/"}) {
    channel.target = url;
    const Sent sent = transport.send(channel, {}, kNow);
    EXPECT_FALSE(sent.taken);
    EXPECT_TRUE(sent.trouble.ends_with("has no address of the public Internet")) << url << ": " << sent.trouble;
  }
}

}  // namespace
}  // namespace gm::notifications
