#include "services/users/letters.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

#include "lib/telemetry/catalog_users.h"
#include "services/users/account_letters.h"
#include "services/users/fake_outbox_test.h"

namespace gm::users {
namespace {

class LettersTest : public testing::Test {
 protected:
  Letters::Dependencies dependencies() {
    return {&outbox, clock, telemetry,
            telemetry::Logger::to_function(telemetry::Level::debug, telemetry::LogFormat::json, clock,
                                           [this](std::string_view line) {
                                             const std::lock_guard lock(log_mutex);
                                             log += line;
                                           })};
  }
  static Letters::Write letter(const std::string& to) {
    return [to]() -> Result<std::optional<identity::Letter>> {
      return std::optional(identity::Letter{to, "A subject", "a secret"});
    };
  }
  // The counter is written after the letter is gone.
  bool counted(std::string_view outcome, uint64_t wanted) {
    for (int i = 0; i < 1000; ++i) {
      if (telemetry.counter(telemetry::kUsersLetters, {"test", outcome}).value() == wanted) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  ManualClock clock{1'700'000'000'000};
  telemetry::Registry telemetry;
  FakeOutbox outbox;
  std::mutex log_mutex;
  std::string log;
};

TEST_F(LettersTest, AreSentInTheirOrder) {
  Letters letters(dependencies(), 10);
  for (const char* to : {"a@x", "b@x", "c@x"}) EXPECT_TRUE(letters.post("test", letter(to)));
  const auto sent = outbox.wait_for(3);
  ASSERT_EQ(sent.size(), 3u);
  EXPECT_EQ(sent[0].to, "a@x");
  EXPECT_EQ(sent[2].to, "c@x");
  EXPECT_TRUE(counted("sent", 3));
}

TEST_F(LettersTest, ToNobodyAreNotSentAndThoseThatCannotBeWrittenAreTold) {
  Letters letters(dependencies(), 10);
  letters.post("test", []() -> Result<std::optional<identity::Letter>> { return std::optional<identity::Letter>(); });
  letters.post("test",
               []() -> Result<std::optional<identity::Letter>> { return Error{"gm-metadata-unavailable", "no"}; });
  letters.post("test", letter("a@x"));
  EXPECT_EQ(outbox.wait_for(1).size(), 1u);
  EXPECT_TRUE(counted("nobody", 1));
  EXPECT_TRUE(counted("failed", 1));
}

TEST_F(LettersTest, AreTriedThreeTimesWithTimeBetween) {
  outbox.refuse("gm-mail-failed");
  Letters letters(dependencies(), 10);
  letters.post("test", letter("a@x"));
  for (int attempt = 1; attempt <= 3; ++attempt) {
    EXPECT_EQ(outbox.wait_for_attempts(attempt), attempt);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_EQ(outbox.wait_for_attempts(0), attempt) << "not before its time";
    clock.advance_ms(5000 * attempt);
  }
  EXPECT_TRUE(counted("failed", 1));
  outbox.refuse("");
  letters.post("test", letter("b@x"));
  const auto sent = outbox.wait_for(1);
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_EQ(sent[0].to, "b@x") << "the failed one is not tried any more";
}

TEST_F(LettersTest, ARefusedOneGoesOnceTheServerIsThereAgain) {
  outbox.refuse("gm-mail-failed");
  Letters letters(dependencies(), 10);
  letters.post("test", letter("a@x"));
  EXPECT_EQ(outbox.wait_for_attempts(1), 1);
  outbox.refuse("");
  // When it is due is reckoned after it was refused.
  for (int i = 0; i < 1000 && outbox.wait_for(0).empty(); ++i) {
    clock.advance_ms(5000);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(outbox.wait_for(1).size(), 1u);
}

TEST_F(LettersTest, AnAddressThatCannotBeWrittenToIsNotTriedAgain) {
  outbox.refuse("gm-mail-address");
  Letters letters(dependencies(), 10);
  letters.post("test", letter("a@x"));
  EXPECT_TRUE(counted("failed", 1));
}

TEST_F(LettersTest, NothingOfALetterIsLogged) {
  outbox.refuse("gm-mail-failed");
  Letters letters(dependencies(), 10);
  letters.post("test", letter("somebody@x"));
  EXPECT_EQ(outbox.wait_for_attempts(1), 1);
  letters.stop();
  EXPECT_NE(log.find("gm-mail-failed"), std::string::npos);
  EXPECT_EQ(log.find("a secret"), std::string::npos);
  EXPECT_EQ(log.find("somebody"), std::string::npos);
}

TEST_F(LettersTest, OnlySoManyWait) {
  std::atomic<bool> go{false};
  Letters letters(dependencies(), 2);
  letters.post("test", [&]() -> Result<std::optional<identity::Letter>> {
    while (!go) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return std::optional<identity::Letter>();
  });
  int posted = 0;
  while (letters.post("test", letter("a@x"))) ++posted;
  EXPECT_LE(posted, 2);
  EXPECT_TRUE(counted("dropped", 1));
  go = true;
  EXPECT_EQ(outbox.wait_for(static_cast<size_t>(posted)).size(), static_cast<size_t>(posted));
}

TEST_F(LettersTest, WithoutAMailServerNoneAreTaken) {
  Letters letters({nullptr, clock, telemetry, {}}, 10);
  EXPECT_FALSE(letters.sends());
  EXPECT_FALSE(letters.post("test", letter("a@x")));
}

TEST(AccountLetters, SayWhatToDoAndCarryTheirSecretWhereNoServerSeesIt) {
  const LinkLetter link{"ada@x.example", "https://metrics.studio.example", "gm_rs_secret", 1'795'763'100'000};
  const auto reset = reset_letter(link, "192.0.2.1");
  EXPECT_EQ(reset.to, "ada@x.example");
  EXPECT_NE(reset.text.find("https://metrics.studio.example/reset-password#token=gm_rs_secret\n"), std::string::npos);
  EXPECT_NE(reset.text.find("by 2026-11-27 07:05 UTC"), std::string::npos);
  EXPECT_NE(reset.text.find("192.0.2.1"), std::string::npos);
  EXPECT_EQ(reset.subject.find("gm_rs_"), std::string::npos);
  const auto invitation = invitation_letter(link, "Evil\n\nVisit https://evil.example", identity::Role::analyst);
  EXPECT_NE(invitation.text.find("\"Evil  Visit https://evil.example\" at"), std::string::npos);
  EXPECT_NE(invitation.text.find("/accept-invitation#token=gm_rs_secret\n"), std::string::npos);
  EXPECT_NE(invitation.text.find("as analyst"), std::string::npos);
  const auto notice = notice_letter("ada@x.example", link.public_url, "Your password was changed", "192.0.2.1", 0);
  EXPECT_NE(notice.text.find("Your password was changed on 1970-01-01 00:00 UTC, from 192.0.2.1."), std::string::npos);
}

}  // namespace
}  // namespace gm::users
