#pragma once
// People in a SQLite file of their own, with a clock that stands until it is told to move.

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "adapters/sqlite/metadata.h"
#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/base/time.h"
#include "lib/telemetry/catalog_users.h"
#include "services/users/credentials.h"
#include "services/users/sign_in.h"

namespace gm::users {

inline constexpr int64_t kStartMs = 1'700'000'000'000;
inline constexpr const char* kPassword = "correct horse battery";

class UsersTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ =
        std::filesystem::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    auto opened = sqlite::open_identity((directory_ / "metadata.sqlite").string());
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    store = std::move(*opened);
  }
  void TearDown() override {
    store.reset();
    std::filesystem::remove_all(directory_);
  }

  static UserSettings quick_settings() {
    UserSettings settings = UserSettings::from(config::Settings::defaults());
    settings.password.memory_bytes = 8192;
    settings.password.rounds = 1;
    settings.lockout_failures = 3;
    settings.login_rate_max = 100;
    return settings;
  }

  identity::AuditEntry noted() const { return audit_entry({"test", ""}, 0, clock.now_ms(), {"made", "user:", "", ""}); }

  identity::User add_user(const std::string& email, int64_t organisation = 0,
                          identity::Role role = identity::Role::viewer) {
    const identity::User made =
        store->create_user({0, email, "Somebody", passwords.hash(kPassword).value(), 0, {}}, noted()).value();
    if (organisation != 0) {
      EXPECT_TRUE(store->set_role(organisation, made.id, role, noted()).ok());
    }
    return made;
  }
  // All are made when first used, so that a test may change the settings before.
  Proofs& proofs() {
    if (!made_proofs)
      made_proofs = std::make_unique<Proofs>(Proofs::Dependencies{*store, passwords, seal, clock}, settings);
    return *made_proofs;
  }
  SignIn& sign_in() {
    if (!made_sign_in) {
      made_sign_in = std::make_unique<SignIn>(
          SignIn::Dependencies{*store, passwords, proofs(), clock, random, telemetry}, settings);
    }
    return *made_sign_in;
  }
  std::string outcome(const std::string& email, const std::string& password, const std::string& from = "192.0.2.1") {
    const auto done = sign_in().login(email, password, {from, "a browser"});
    if (!done) return done.error().code;
    return std::holds_alternative<SignedIn>(*done) ? "ok" : "challenged";
  }
  SignedIn signed_in(const std::string& email) {
    return std::get<SignedIn>(*sign_in().login(email, kPassword, {"a", ""}));
  }
  static Caller caller_of(const SignedIn& done) {
    Caller caller;
    caller.user = done.user.id;
    caller.session = done.session.id;
    return caller;
  }

  std::filesystem::path directory_;
  ManualClock clock{kStartMs};
  SeededRandom random{1};
  telemetry::Registry telemetry;
  UserSettings settings = quick_settings();
  identity::Passwords passwords{settings.password};
  std::unique_ptr<identity::IdentityStore> store;
  identity::Seal seal{"a key that nobody knows", random};
  std::unique_ptr<Proofs> made_proofs;
  std::unique_ptr<SignIn> made_sign_in;
};

}  // namespace gm::users
