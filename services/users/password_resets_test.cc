#include "services/users/password_resets.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "lib/security/keys.h"
#include "lib/security/secret_text.h"
#include "services/users/fake_outbox_test.h"
#include "services/users/users_fixture_test.h"

namespace gm::users {
namespace {

constexpr const char* kOther = "another long password";

class PasswordResetTest : public UsersTest {
 protected:
  void SetUp() override {
    UsersTest::SetUp();
    settings.public_url = "https://metrics.studio.example";
    settings.reset_rate_max = 1000;
  }
  void TearDown() override {
    if (made_letters) made_letters->stop();
    UsersTest::TearDown();
  }
  PasswordResets& resets() {
    if (!made_resets) {
      made_letters = std::make_unique<Letters>(Letters::Dependencies{&outbox, clock, telemetry, {}}, 100);
      made_resets = std::make_unique<PasswordResets>(
          PasswordResets::Dependencies{*store, passwords, *made_letters, clock, random}, settings);
    }
    return *made_resets;
  }
  // The secret of the letter that comes of asking.
  std::string asked(const std::string& email) {
    const size_t before = outbox.wait_for(0).size();
    EXPECT_TRUE(resets().request(email, "192.0.2.1").ok());
    const auto letters = outbox.wait_for(before + 1);
    if (letters.size() != before + 1) return "no letter";
    EXPECT_EQ(letters.back().to, "ada@x.example");
    const std::string& text = letters.back().text;
    const size_t at = text.find("#token=") + 7;
    return text.substr(at, text.find('\n', at) - at);
  }
  std::string taken(const std::string& secret, const std::string& password = kOther) {
    const auto done = resets().accept(secret, password, "192.0.2.1");
    return done ? "ok" : done.error().code;
  }

  FakeOutbox outbox;
  std::unique_ptr<Letters> made_letters;
  std::unique_ptr<PasswordResets> made_resets;
};

TEST_F(PasswordResetTest, ALetterGivesAnotherPasswordOnceAndEndsAllSessions) {
  add_user("ada@x.example");
  const SignedIn before = signed_in("ada@x.example");
  const std::string secret = asked(" Ada@X.example ");
  ASSERT_TRUE(security::is_secret_text(kResetPrefix, secret)) << secret;
  EXPECT_EQ(taken(secret, "short"), "gm-password-weak") << "and the link still works:";
  EXPECT_EQ(taken(secret), "ok");
  EXPECT_EQ(taken(secret), "gm-reset-unknown");
  EXPECT_FALSE(*store->session_of(security::hash_key(before.secret)));
  EXPECT_EQ(outcome("ada@x.example", kPassword), "gm-login-failed");
  EXPECT_EQ(outcome("ada@x.example", kOther), "ok");
}

TEST_F(PasswordResetTest, WhoHasNoAccountGetsNoLetterAndTheSameAnswer) {
  add_user("ada@x.example");
  const auto gone = add_user("gone@x.example");
  ASSERT_TRUE(store->set_disabled(gone.id, true, noted()).ok());
  for (const char* nobody : {"eve@x.example", "gone@x.example", "no address", ""})
    EXPECT_TRUE(resets().request(nobody, "192.0.2.1").ok()) << nobody;
  asked("ada@x.example");
  EXPECT_EQ(outbox.wait_for(1).size(), 1u) << "hers, which came last";
  EXPECT_EQ(telemetry.counter(telemetry::kUsersLetters, {"reset", "nobody"}).value(), 4);
}

TEST_F(PasswordResetTest, ALinkEndsWithTimeAndWithAChangedPassword) {
  const auto ada = add_user("ada@x.example");
  const std::string late = asked("ada@x.example");
  clock.advance_ms(settings.reset_lifetime_ms);
  EXPECT_EQ(taken(late), "gm-reset-unknown");
  const std::string overtaken = asked("ada@x.example");
  ASSERT_TRUE(store->set_password(ada.id, passwords.hash(kOther).value(), 0, noted()).ok());
  EXPECT_EQ(taken(overtaken), "gm-reset-unknown");
  const std::string first = asked("ada@x.example"), second = asked("ada@x.example");
  EXPECT_EQ(taken(second), "ok");
  EXPECT_EQ(taken(first), "gm-reset-unknown") << "one that was taken ends the others";
  EXPECT_EQ(taken("gm_rs_nothing"), "gm-reset-unknown");
}

TEST_F(PasswordResetTest, ADisabledAccountTakesNone) {
  const auto ada = add_user("ada@x.example");
  const std::string secret = asked("ada@x.example");
  ASSERT_TRUE(store->set_disabled(ada.id, true, noted()).ok());
  EXPECT_EQ(taken(secret), "gm-reset-unknown");
}

TEST_F(PasswordResetTest, AMailboxIsNotFlooded) {
  settings.reset_letters_max = 2;
  add_user("ada@x.example");
  const std::string first = asked("ada@x.example");
  asked("ada@x.example");
  EXPECT_TRUE(resets().request("ada@x.example", "192.0.2.7").ok()) << "said of it is the same";
  const auto& nobody = telemetry.counter(telemetry::kUsersLetters, {"reset", "nobody"});
  for (int i = 0; i < 1000 && nobody.value() == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  clock.advance_ms(settings.reset_lifetime_ms - 1);
  EXPECT_EQ(taken(first), "ok") << "what was sent goes on";
  clock.advance_ms(kMsPerHour);
  asked("ada@x.example");
  EXPECT_EQ(outbox.wait_for(3).size(), 3u);
}

TEST_F(PasswordResetTest, OneAddressAsksOnlySoOften) {
  settings.reset_rate_max = 2;
  add_user("ada@x.example");
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(resets().request("eve@x.example", "192.0.2.1").ok());
  EXPECT_EQ(resets().request("ada@x.example", "192.0.2.1").error().code, "gm-rate-limited");
  EXPECT_EQ(taken("gm_rs_nothing"), "gm-rate-limited") << "guesses count, too";
  EXPECT_TRUE(resets().request("ada@x.example", "192.0.2.2").ok());
}

TEST_F(PasswordResetTest, TheSecondFactorAndTheLockoutStay) {
  const auto ada = add_user("ada@x.example");
  const std::string secret = asked("ada@x.example");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(outcome("ada@x.example", "wrong"), "gm-login-failed");
  ASSERT_TRUE(store->begin_second_factor(ada.id, "sealed", noted()).ok());
  ASSERT_TRUE(store->confirm_second_factor(ada.id, "sealed", 1, {}, 0, noted()).ok());
  EXPECT_EQ(taken(secret), "gm-reset-unknown") << "another change of the account ends what was asked before it";
  const std::string later = asked("ada@x.example");
  EXPECT_EQ(taken(later), "ok");
  EXPECT_EQ(outcome("ada@x.example", kOther), "gm-login-locked");
  clock.advance_ms(settings.lockout_ms);
  EXPECT_EQ(outcome("ada@x.example", kOther), "challenged");
}

TEST_F(PasswordResetTest, OfManyThatComeAtOnceOneTakesTheLink) {
  add_user("ada@x.example");
  const std::string secret = asked("ada@x.example");
  identity::PasswordSettings eight = settings.password;
  eight.at_once_max = 8;
  identity::Passwords many(eight);
  PasswordResets at_once({*store, many, *made_letters, clock, random}, settings);
  std::atomic<int> passed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) threads.emplace_back([&] { passed += at_once.accept(secret, kOther, "a").ok() ? 1 : 0; });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(passed, 1);
}

TEST_F(PasswordResetTest, IsInTheLogWithoutItsSecretAndHashedInTheFile) {
  add_user("ada@x.example");
  const std::string secret = asked("ada@x.example");
  EXPECT_TRUE(*store->password_reset_of(security::hash_key(secret), clock.now_ms()));
  EXPECT_EQ(taken(secret), "ok");
  const auto page = store->audit_page(0, {}, 10);
  ASSERT_GE(page->size(), 2u);
  EXPECT_EQ((*page)[0].action, "password.reset");
  EXPECT_EQ((*page)[0].from, "192.0.2.1");
  EXPECT_EQ((*page)[1].action, "password.reset_asked");
  EXPECT_EQ((*page)[1].actor, "anybody");
  for (const auto& entry : *page)
    EXPECT_EQ((entry.before + entry.after + entry.object).find("gm_rs_"), std::string::npos);
}

TEST_F(PasswordResetTest, WithoutMailItIsOff) {
  Letters none({nullptr, clock, telemetry, {}}, 1);
  PasswordResets off({*store, passwords, none, clock, random}, settings);
  EXPECT_EQ(off.request("ada@x.example", "a").error().code, "gm-mail-off");
}

}  // namespace
}  // namespace gm::users
