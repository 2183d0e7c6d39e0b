#include "services/users/sign_in.h"

#include "lib/security/keys.h"
#include "lib/security/secret_text.h"
#include "services/users/email.h"
#include "services/users/users_fixture_test.h"

namespace gm::users {
namespace {

using SignInTest = UsersTest;

TEST_F(SignInTest, ASessionIsKeptAsAHashOnly) {
  const auto ada = add_user("ada@x.example");
  const auto answer = sign_in().login(" Ada@X.example ", kPassword, {"192.0.2.1", std::string(500, 'a')});
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  const auto* done = std::get_if<SignedIn>(&*answer);
  ASSERT_NE(done, nullptr);
  EXPECT_EQ(done->user.id, ada.id);
  EXPECT_TRUE(security::is_secret_text(kSessionPrefix, done->secret));
  const auto sessions = store->sessions(ada.id);
  ASSERT_EQ(sessions->size(), 1u);
  EXPECT_EQ((*sessions)[0].hash, security::hash_key(done->secret));
  EXPECT_EQ((*sessions)[0].agent.size(), 200u);
  EXPECT_NE(signed_in("ada@x.example").secret, done->secret);
}

TEST_F(SignInTest, WhatIsWrongIsNotTold) {
  add_user("ada@x.example");
  const auto gone = add_user("gone@x.example");
  ASSERT_TRUE(store->set_disabled(gone.id, true, noted()).ok());
  const auto wrong = sign_in().login("ada@x.example", "nothing of the kind", {"a", ""});
  const auto nobody = sign_in().login("eve@x.example", kPassword, {"a", ""});
  const auto disabled = sign_in().login("gone@x.example", kPassword, {"a", ""});
  const auto no_address = sign_in().login("eve", kPassword, {"a", ""});
  for (const auto* refusal : {&wrong, &nobody, &disabled, &no_address}) {
    ASSERT_FALSE(refusal->ok());
    EXPECT_EQ(refusal->error().code, "gm-login-failed");
    EXPECT_EQ(refusal->error().message, wrong.error().message);
  }
}

TEST_F(SignInTest, WrongPasswordsLockTheAccountForAWhileEvenForTheRightOne) {
  add_user("ada@x.example");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(outcome("ada@x.example", "wrong"), "gm-login-failed");
  EXPECT_EQ(outcome("ada@x.example", kPassword), "gm-login-locked");
  clock.advance_ms(settings.lockout_ms - 1);
  EXPECT_EQ(outcome("ada@x.example", kPassword), "gm-login-locked");
  clock.advance_ms(1);
  EXPECT_EQ(outcome("ada@x.example", "wrong"), "gm-login-failed") << "the counting begins anew";
  EXPECT_EQ(outcome("ada@x.example", kPassword), "ok");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(outcome("ada@x.example", "wrong"), "gm-login-failed");
  EXPECT_EQ(outcome("ada@x.example", kPassword), "ok") << "a right one clears what was before";
}

TEST_F(SignInTest, AnAddressThatNobodyHasIsLockedTheSame) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(outcome("eve@x.example", "wrong"), "gm-login-failed");
  EXPECT_EQ(outcome("eve@x.example", "wrong"), "gm-login-locked");
}

TEST_F(SignInTest, OnePlaceMayTryOnlySoOften) {
  settings.login_rate_max = 2;
  add_user("ada@x.example");
  EXPECT_EQ(outcome("a@x.example", "x"), "gm-login-failed");
  EXPECT_EQ(outcome("b@x.example", "x"), "gm-login-failed");
  EXPECT_EQ(outcome("ada@x.example", kPassword), "gm-rate-limited");
  EXPECT_EQ(outcome("ada@x.example", kPassword, "192.0.2.2"), "ok") << "others go on";
  clock.advance_ms(kMsPerMinute);
  EXPECT_EQ(outcome("ada@x.example", kPassword), "ok");
  EXPECT_EQ(telemetry.counter(telemetry::kUsersLogins, {"rate_limited"}).value(), 1);
}

TEST_F(SignInTest, ChangingThePasswordEndsTheOtherSessions) {
  add_user("ada@x.example");
  const SignedIn kept = signed_in("ada@x.example");
  const SignedIn other = signed_in("ada@x.example");
  const Caller caller = caller_of(kept);
  EXPECT_EQ(sign_in().change_password(caller, "wrong", "another password").error().code, "gm-login-failed");
  EXPECT_EQ(sign_in().change_password(caller, kPassword, "short").error().code, "gm-password-weak");
  ASSERT_TRUE(sign_in().change_password(caller, kPassword, "another password").ok());
  EXPECT_TRUE(*store->session_of(security::hash_key(kept.secret)));
  EXPECT_FALSE(*store->session_of(security::hash_key(other.secret)));
  EXPECT_EQ(outcome("ada@x.example", kPassword), "gm-login-failed");
  EXPECT_EQ(outcome("ada@x.example", "another password"), "ok");
  ASSERT_TRUE(sign_in().logout(caller).ok());
  EXPECT_FALSE(*store->session_of(security::hash_key(kept.secret)));
}

TEST_F(SignInTest, EveryAttemptOnAnAccountIsInItsLog) {
  add_user("ada@x.example");
  EXPECT_EQ(outcome("ada@x.example", "wrong"), "gm-login-failed");
  EXPECT_EQ(outcome("ada@x.example", kPassword), "ok");
  const auto page = store->audit_page(0, {}, 10);
  ASSERT_GE(page->size(), 2u);
  EXPECT_EQ((*page)[0].action, "login.done");
  EXPECT_EQ((*page)[1].action, "login.failed");
  EXPECT_EQ((*page)[1].from, "192.0.2.1");
  for (const auto& entry : *page) EXPECT_EQ(entry.after.find(kPassword), std::string::npos);
}

TEST(LoginLimiterTest, TheListOfAddressesIsBounded) {
  const ManualClock clock(kStartMs);
  LoginLimiter limiter(5, clock);
  for (size_t i = 0; i < LoginLimiter::kAddressesMax; ++i) ASSERT_TRUE(limiter.take(std::to_string(i)));
  EXPECT_FALSE(limiter.take("one more"));
  EXPECT_TRUE(limiter.take("7")) << "those that are known go on";
}

TEST(EmailTest, OneAccountHasOneSpelling) {
  EXPECT_EQ(normal_email("  Ada.L@Studio.Example ").value(), "ada.l@studio.example");
  for (const char* none : {"", "@", "a@", "@b", "a b@c", "a@b@c", "ada", "a@b\n", "a\t@b"})
    EXPECT_EQ(normal_email(none).error().code, "gm-email-invalid") << none;
  EXPECT_FALSE(normal_email(std::string(250, 'a') + "@b.cc").ok());
}

}  // namespace
}  // namespace gm::users
