#include "services/users/second_factors.h"

#include <algorithm>
#include <thread>

#include "lib/security/keys.h"
#include "lib/security/one_time_code.h"
#include "lib/security/secret_text.h"
#include "services/users/memberships.h"
#include "services/users/users_fixture_test.h"

namespace gm::users {
namespace {

using identity::Role;

// RFC 4648: what an app makes of the text that it is shown.
std::string from_base32(std::string_view text) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string bytes;
  uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    bits = bits << 5 | static_cast<uint32_t>(kAlphabet.find(c));
    held += 5;
    if (held >= 8) bytes += static_cast<char>(bits >> (held -= 8) & 255);
  }
  return bytes;
}

class SecondFactorTest : public UsersTest {
 protected:
  SecondFactors& factors() {
    if (!made_factors) {
      made_factors =
          std::make_unique<SecondFactors>(SecondFactors::Dependencies{*store, proofs(), seal, clock, random}, settings);
    }
    return *made_factors;
  }
  // Of an app whose clock is `steps` ahead.
  std::string code(int64_t steps = 0) const {
    return security::one_time_code(secret, security::one_time_step(clock.now_ms()) + steps);
  }
  // A person whose second factor is on; the step of the confirming code is over.
  Caller enrolled(const std::string& email) {
    add_user(email);
    const Caller caller = caller_of(signed_in(email));
    const auto begun = factors().begin(caller, kPassword);
    EXPECT_TRUE(begun.ok()) << begun.error().message;
    secret = from_base32(begun->secret);
    const auto confirmed = factors().confirm(caller, code());
    EXPECT_TRUE(confirmed.ok()) << confirmed.error().message;
    recovery_codes = *confirmed;
    clock.advance_ms(security::kOneTimeStepMs);
    return caller;
  }
  std::string challenge(const std::string& email) {
    const auto done = sign_in().login(email, kPassword, {"192.0.2.1", "a browser"});
    EXPECT_TRUE(done.ok()) << done.error().message;
    return std::get<Challenge>(*done).secret;
  }
  std::string answer(const std::string& shown, const std::string& with) {
    const auto done = sign_in().answer(shown, with, {"192.0.2.1", "a browser"});
    return done ? "ok" : done.error().code;
  }
  template <typename T>
  static std::string code_of(const Result<T>& result) {
    return result ? "ok" : result.error().code;
  }
  int64_t logins(std::string_view outcome) {
    return static_cast<int64_t>(telemetry.counter(telemetry::kUsersLogins, {outcome}).value());
  }

  std::string secret;
  std::vector<std::string> recovery_codes;
  std::unique_ptr<SecondFactors> made_factors;
};

TEST_F(SecondFactorTest, IsOnOnlyAfterACodeHasShownThatTheAppHasIt) {
  add_user("ada@x.example");
  const Caller caller = caller_of(signed_in("ada@x.example"));
  EXPECT_EQ(factors().confirm(caller, "123456").error().code, "gm-second-factor-off") << "not begun";
  EXPECT_EQ(factors().begin(caller, "wrong").error().code, "gm-login-failed") << "a session alone is not enough";
  const auto first = factors().begin(caller, kPassword);
  const auto begun = factors().begin(caller, kPassword);
  ASSERT_TRUE(begun.ok());
  EXPECT_NE(begun->secret, first->secret) << "begun anew";
  EXPECT_EQ(begun->uri, "otpauth://totp/GameMetrics:ada%40x.example?secret=" + begun->secret +
                            "&issuer=GameMetrics&algorithm=SHA1&digits=6&period=30");
  EXPECT_EQ(outcome("ada@x.example", kPassword), "ok") << "nothing is on yet";
  secret = from_base32(first->secret);
  EXPECT_EQ(factors().confirm(caller, code()).error().code, "gm-second-factor-wrong");
  secret = from_base32(begun->secret);
  EXPECT_EQ(factors().confirm(caller, code(2)).error().code, "gm-second-factor-wrong") << "a clock a minute ahead";
  EXPECT_TRUE(factors().confirm(caller, code()).ok());
  EXPECT_EQ(factors().confirm(caller, code()).error().code, "gm-second-factor-on");
  EXPECT_EQ(factors().begin(caller, kPassword).error().code, "gm-second-factor-on");
  EXPECT_EQ(outcome("ada@x.example", kPassword), "challenged");
}

TEST_F(SecondFactorTest, SwitchingItOnEndsTheSessionsThatHaveNotShownIt) {
  add_user("ada@x.example");
  const SignedIn other = signed_in("ada@x.example");
  enrolled("bob@x.example");
  const SignedIn kept = signed_in("ada@x.example");
  secret = from_base32(factors().begin(caller_of(kept), kPassword)->secret);
  ASSERT_TRUE(factors().confirm(caller_of(kept), code()).ok());
  EXPECT_TRUE(*store->session_of(security::hash_key(kept.secret)));
  EXPECT_FALSE(*store->session_of(security::hash_key(other.secret)));
}

TEST_F(SecondFactorTest, TheSecretIsSealedAndTheRecoveryCodesAreHashed) {
  const Caller caller = enrolled("ada@x.example");
  const auto kept = store->second_factor(caller.user);
  ASSERT_TRUE(kept.ok() && *kept);
  EXPECT_EQ((*kept)->sealed.find(secret), std::string::npos);
  EXPECT_EQ(seal.open((*kept)->sealed, second_factor_purpose(caller.user)).value(), secret);
  EXPECT_FALSE(seal.open((*kept)->sealed, second_factor_purpose(caller.user + 1)).ok()) << "not another person's";
  ASSERT_EQ(recovery_codes.size(), 10u);
  for (const std::string& one : recovery_codes) {
    EXPECT_EQ(one.size(), 29u) << "24 characters of 5 bits in six groups: " << one;
    EXPECT_EQ(std::ranges::count(recovery_codes, one), 1);
  }
  const auto page = store->audit_page(0, {}, 100);
  for (const auto& entry : *page) {
    EXPECT_EQ(entry.after.find(security::base32(secret)), std::string::npos);
    for (const std::string& one : recovery_codes) EXPECT_EQ(entry.after.find(one), std::string::npos);
  }
}

TEST_F(SecondFactorTest, SigningInTakesTwoSteps) {
  const Caller caller = enrolled("ada@x.example");
  const std::string shown = challenge("ada@x.example");
  EXPECT_TRUE(security::is_secret_text(kChallengePrefix, shown));
  EXPECT_FALSE(*store->session_of(security::hash_key(shown))) << "a challenge is no session";
  EXPECT_EQ(answer(shown, "000000"), "gm-second-factor-wrong");
  const auto done = sign_in().answer(shown, code(), {"192.0.2.1", "a browser"});
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ(done->signed_in.user.id, caller.user);
  EXPECT_TRUE(*store->session_of(security::hash_key(done->signed_in.secret)));
  EXPECT_EQ(answer(shown, code(1)), "gm-challenge-unknown") << "it is done";
  EXPECT_EQ(answer("gm_lc_nothing", code(1)), "gm-challenge-unknown");
  EXPECT_EQ(logins("challenged"), 1);
  EXPECT_EQ(logins("code_wrong"), 1);
  EXPECT_EQ(logins("challenge_unknown"), 2);
}

TEST_F(SecondFactorTest, ACodeIsTakenOncePerStepAndAnEarlierOneNotAfterALater) {
  enrolled("ada@x.example");
  const std::string used = code();
  EXPECT_EQ(answer(challenge("ada@x.example"), used), "ok");
  EXPECT_EQ(answer(challenge("ada@x.example"), used), "gm-second-factor-wrong") << "replayed";
  EXPECT_EQ(answer(challenge("ada@x.example"), code(-1)), "gm-second-factor-wrong") << "of a step before";
  EXPECT_EQ(answer(challenge("ada@x.example"), code(1)), "ok") << "a clock half a minute ahead";
  clock.advance_ms(security::kOneTimeStepMs);
  EXPECT_EQ(answer(challenge("ada@x.example"), code()), "gm-second-factor-wrong") << "that one again";
  clock.advance_ms(security::kOneTimeStepMs);
  EXPECT_EQ(answer(challenge("ada@x.example"), code()), "ok");
}

TEST_F(SecondFactorTest, TheCodeThatSwitchedItOnSignsNobodyIn) {
  enrolled("ada@x.example");
  EXPECT_EQ(answer(challenge("ada@x.example"), code(-1)), "gm-second-factor-wrong");
}

TEST_F(SecondFactorTest, ClocksMayDifferByAStep) {
  settings.lockout_failures = 100;
  enrolled("ada@x.example");
  clock.advance_ms(10 * security::kOneTimeStepMs);
  for (const int64_t off : {-2, 2, 3})
    EXPECT_EQ(answer(challenge("ada@x.example"), code(off)), "gm-second-factor-wrong");
  for (const int64_t off : {-1, 0, 1}) EXPECT_EQ(answer(challenge("ada@x.example"), code(off)), "ok") << off;
}

TEST_F(SecondFactorTest, AChallengeWaitsAndIsTriedOnlySoLong) {
  settings.lockout_failures = 100;
  settings.challenge_attempts_max = 2;
  enrolled("ada@x.example");
  const std::string late = challenge("ada@x.example");
  clock.advance_ms(settings.challenge_lifetime_ms - 1);
  EXPECT_EQ(answer(late, "000000"), "gm-second-factor-wrong");
  clock.advance_ms(1);
  EXPECT_EQ(answer(late, code()), "gm-challenge-unknown");
  const std::string tried = challenge("ada@x.example");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(answer(tried, "000000"), "gm-second-factor-wrong");
  EXPECT_EQ(answer(tried, code()), "gm-challenge-unknown");
}

TEST_F(SecondFactorTest, GuessedCodesLockTheAccountHoweverOftenThePasswordIsRight) {
  enrolled("ada@x.example");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(answer(challenge("ada@x.example"), "000000"), "gm-second-factor-wrong") << i;
  EXPECT_EQ(outcome("ada@x.example", kPassword), "gm-login-locked");
  clock.advance_ms(settings.lockout_ms);
  const std::string before = challenge("ada@x.example");
  EXPECT_EQ(outcome("ada@x.example", "wrong"), "gm-login-failed");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(answer(before, "000000"), "gm-second-factor-wrong") << "both count together";
  EXPECT_EQ(answer(before, code()), "gm-login-locked") << "the right one, too";
  clock.advance_ms(settings.lockout_ms);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(answer(challenge("ada@x.example"), "000000"), "gm-second-factor-wrong");
  EXPECT_EQ(answer(challenge("ada@x.example"), code()), "ok");
  EXPECT_EQ(store->login_failures(security::hash_key("ada@x.example"))->count, 0) << "a right one clears";
}

TEST_F(SecondFactorTest, ARecoveryCodeIsTakenOnceHoweverItIsTyped) {
  settings.lockout_failures = 100;
  const Caller caller = enrolled("ada@x.example");
  std::string typed = recovery_codes[0];
  std::ranges::transform(typed, typed.begin(),
                         [](char c) { return c == '-' ? ' ' : static_cast<char>(std::toupper(c)); });
  std::ranges::replace(typed, '0', 'O');
  std::ranges::replace(typed, '1', 'l');
  EXPECT_EQ(answer(challenge("ada@x.example"), typed), "ok");
  EXPECT_EQ(answer(challenge("ada@x.example"), recovery_codes[0]), "gm-second-factor-wrong");
  EXPECT_EQ(answer(challenge("ada@x.example"), recovery_codes[1]), "ok");
  EXPECT_EQ(factors().state(caller.user)->recovery_codes, 8);
  const auto page = store->audit_page(0, {}, 100);
  EXPECT_EQ(std::ranges::count(*page, "second_factor.recovery_code_used", &identity::AuditEntry::action), 2);
}

TEST_F(SecondFactorTest, NobodyElsesRecoveryCodesAreTaken) {
  enrolled("ada@x.example");
  const auto hers = recovery_codes;
  enrolled("bob@x.example");
  EXPECT_EQ(answer(challenge("bob@x.example"), hers[0]), "gm-second-factor-wrong");
  EXPECT_EQ(answer(challenge("ada@x.example"), hers[0]), "ok");
}

TEST_F(SecondFactorTest, OfManyThatComeAtOnceOneRecoveryCodeSignsInOnce) {
  settings.lockout_failures = 1000;
  enrolled("ada@x.example");
  std::vector<std::string> shown(8);
  for (std::string& one : shown) one = challenge("ada@x.example");
  SystemRandom system;  // SeededRandom is for one thread
  SignIn many({*store, passwords, proofs(), clock, system, telemetry}, settings);
  for (const std::string& with : {recovery_codes[0], code()}) {
    std::atomic<int> passed{0};
    std::vector<std::thread> threads;
    for (const std::string& one : shown)
      threads.emplace_back([&, one] { passed += many.answer(one, with, {"a", ""}).ok() ? 1 : 0; });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(passed, 1);
  }
}

TEST_F(SecondFactorTest, GuessesThatComeAtOnceAreAllCounted) {
  enrolled("ada@x.example");
  std::vector<std::string> shown(8);
  for (std::string& one : shown) one = challenge("ada@x.example");
  std::atomic<int> tried{0};
  std::vector<std::thread> threads;
  for (const std::string& one : shown)
    threads.emplace_back([&, one] { tried += answer(one, "000000") == "gm-second-factor-wrong" ? 1 : 0; });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(tried, settings.lockout_failures) << "no more than the lockout allows";
}

TEST_F(SecondFactorTest, RecoveryCodesAreRenewedAndTheOldAreVoid) {
  settings.lockout_failures = 100;
  const Caller caller = enrolled("ada@x.example");
  EXPECT_EQ(code_of(factors().renew_recovery_codes(caller, "wrong", code())), "gm-login-failed");
  EXPECT_EQ(code_of(factors().renew_recovery_codes(caller, kPassword, "000000")), "gm-second-factor-wrong");
  const auto fresh = factors().renew_recovery_codes(caller, kPassword, code());
  ASSERT_TRUE(fresh.ok());
  EXPECT_EQ(answer(challenge("ada@x.example"), recovery_codes[0]), "gm-second-factor-wrong");
  EXPECT_EQ(answer(challenge("ada@x.example"), (*fresh)[0]), "ok");
}

TEST_F(SecondFactorTest, SwitchingItOffNeedsPasswordAndCode) {
  settings.lockout_failures = 100;
  const Caller caller = enrolled("ada@x.example");
  const std::string waiting = challenge("ada@x.example");
  const auto other = sign_in().answer(challenge("ada@x.example"), recovery_codes[0], {"a", ""});
  EXPECT_EQ(code_of(factors().disable(caller, "wrong", code())), "gm-login-failed");
  EXPECT_EQ(code_of(factors().disable(caller, kPassword, "000000")), "gm-second-factor-wrong");
  EXPECT_EQ(code_of(factors().disable(caller, kPassword, recovery_codes[0])), "gm-second-factor-wrong") << "used";
  EXPECT_EQ(code_of(factors().disable(caller, kPassword, recovery_codes[1])), "ok");
  EXPECT_FALSE(*store->session_of(security::hash_key(other->signed_in.secret)));
  EXPECT_EQ(answer(waiting, recovery_codes[2]), "gm-challenge-unknown");
  EXPECT_EQ(code_of(factors().disable(caller, kPassword, code())), "gm-second-factor-off");
  EXPECT_EQ(outcome("ada@x.example", kPassword), "ok");
  EXPECT_FALSE(factors().state(caller.user)->since_ms);
  EXPECT_EQ(factors().state(caller.user)->recovery_codes, 0);
}

TEST_F(SecondFactorTest, AStolenSessionWithThePasswordCannotGuessItOff) {
  const Caller caller = enrolled("ada@x.example");
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(code_of(factors().disable(caller, kPassword, "000000")), "gm-second-factor-wrong");
  EXPECT_EQ(code_of(factors().disable(caller, kPassword, code())), "gm-login-locked");
}

TEST_F(SecondFactorTest, WithoutTheKeyRecoveryCodesStillSignIn) {
  enrolled("ada@x.example");
  const identity::Seal other("another key, after a restore", random);
  Proofs proofs({*store, passwords, other, clock}, settings);
  SignIn restored({*store, passwords, proofs, clock, random, telemetry}, settings);
  const std::string shown = challenge("ada@x.example");
  EXPECT_EQ(restored.answer(shown, code(), {"a", ""}).error().code, "gm-secret-unreadable");
  EXPECT_TRUE(restored.answer(shown, recovery_codes[0], {"a", ""}).ok());
}

TEST_F(SecondFactorTest, AnInvitationIsTakenAfterTheSecondStep) {
  Memberships memberships({*store, passwords, clock, random}, settings);
  const Caller caller = enrolled("ada@x.example");
  const Grantor grantor{{"test", ""}, [](identity::Action) { return true; }};
  const auto invited = memberships.invite(grantor, 1, "ada@x.example", Role::analyst);
  const auto accepted = memberships.accept(sign_in(), invited->secret, "", kPassword, {"a", ""});
  ASSERT_TRUE(accepted.ok());
  const auto& shown = std::get<Challenge>(*accepted);
  EXPECT_TRUE(store->memberships(caller.user)->empty());
  const auto done = sign_in().answer(shown.secret, code(), {"a", ""});
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(done->invitation, invited->invitation.id);
  EXPECT_TRUE(memberships.take(done->invitation, caller.user, "a").ok());
  ASSERT_EQ(store->memberships(caller.user)->size(), 1u);
  EXPECT_EQ(memberships.take(done->invitation, caller.user, "a").error().code, "gm-invitation-unknown");
}

TEST_F(SecondFactorTest, AnOrganisationThatRequiresItGivesNoRightsWithoutIt) {
  const auto plain = add_user("plain@x.example", 1, Role::owner);
  const Caller with = enrolled("with@x.example");
  ASSERT_TRUE(store->set_role(1, with.user, Role::viewer, noted()).ok());
  const auto other = store->create_organisation("Other", noted());
  ASSERT_TRUE(store->set_role(other->id, plain.id, Role::viewer, noted()).ok());
  ASSERT_TRUE(store->require_second_factor(1, true, noted()).ok());
  const auto caller_with = [&](int64_t user) {
    Caller caller;
    caller.user = user;
    caller.memberships = store->memberships(user).value();
    return caller;
  };
  const Caller lacking = caller_with(plain.id);
  EXPECT_TRUE(lacking.role_in(1)) << "a member all the same";
  EXPECT_FALSE(lacking.may(1, identity::Action::see_organisation));
  EXPECT_EQ(lacking.refusal(1).code, "gm-second-factor-required");
  EXPECT_TRUE(lacking.may(other->id, identity::Action::see_organisation)) << "the others are as they were";
  EXPECT_TRUE(caller_with(with.user).may(1, identity::Action::see_organisation));
  EXPECT_EQ(caller_with(with.user).refusal(1).code, "gm-right-missing");
  EXPECT_TRUE(factors().state(plain.id)->required);
  ASSERT_TRUE(store->require_second_factor(1, false, noted()).ok());
  EXPECT_TRUE(caller_with(plain.id).may(1, identity::Action::manage_owners));
}

TEST_F(SecondFactorTest, ADisabledAccountDoesNotFinishSigningIn) {
  const Caller caller = enrolled("ada@x.example");
  const std::string shown = challenge("ada@x.example");
  ASSERT_TRUE(store->set_disabled(caller.user, true, noted()).ok());
  EXPECT_EQ(answer(shown, code()), "gm-challenge-unknown");
}

TEST_F(SecondFactorTest, AChangedPasswordEndsWhatTheOldOneBegan) {
  const Caller caller = enrolled("ada@x.example");
  const std::string shown = challenge("ada@x.example");
  ASSERT_TRUE(store->set_password(caller.user, passwords.hash("another password").value(), 0, noted()).ok());
  EXPECT_EQ(answer(shown, code()), "gm-challenge-unknown");
}

}  // namespace
}  // namespace gm::users
