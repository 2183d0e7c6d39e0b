#include "lib/security/webhook_signature.h"

#include <gtest/gtest.h>

namespace gm::security {
namespace {

// The example of the specification (Standard Webhooks 1.0, "Signature scheme"); what its library says of ours is
// test/integration/test_alerts.py's.
TEST(WebhookSignature, is_the_one_of_the_specification) {
  EXPECT_EQ(webhook_signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                              R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookSignature, another_id_time_or_body_is_another_signature) {
  SeededRandom random(1);
  const std::string secret = make_webhook_secret(random);
  EXPECT_TRUE(secret.starts_with("whsec_"));
  EXPECT_EQ(secret.size(), 6u + 32u);
  EXPECT_NE(secret, make_webhook_secret(random));
  const std::string signature = webhook_signature(secret, "a", 1, "x");
  EXPECT_NE(signature, webhook_signature(secret, "b", 1, "x"));
  EXPECT_NE(signature, webhook_signature(secret, "a", 2, "x"));
  EXPECT_NE(signature, webhook_signature(secret, "a", 1, "y"));
}

}  // namespace
}  // namespace gm::security
