#include "lib/identity/password.h"

#include <gtest/gtest.h>

namespace gm::identity {
namespace {

constexpr PasswordSettings kQuick{8192, 1, 8, 1};

TEST(Passwords, OnlyTheRightOneFitsAndTheHashSaysHowItWasMade) {
  Passwords passwords(kQuick);
  const auto hash = passwords.hash("correct horse");
  ASSERT_TRUE(hash.ok());
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=8,t=1,p=1$")) << *hash;
  EXPECT_TRUE(passwords.fits("correct horse", *hash).value());
  EXPECT_FALSE(passwords.fits("correct horsf", *hash).value());
  EXPECT_NE(*passwords.hash("correct horse"), *hash) << "a salt of its own each time";
}

TEST(Passwords, AHashOfOtherSettingsStillFits) {
  const auto hash = Passwords({16384, 2, 8, 1}).hash("correct horse");
  ASSERT_TRUE(hash.ok());
  EXPECT_TRUE(Passwords(kQuick).fits("correct horse", *hash).value());
}

TEST(Passwords, NoPasswordFitsWhoIsNotThere) {
  Passwords passwords(kQuick);
  for (const char* tried : {"", "correct horse"}) EXPECT_FALSE(passwords.fits(tried, "").value());
}

TEST(Passwords, LengthsAreBounded) {
  Passwords passwords(kQuick);
  EXPECT_EQ(passwords.hash("1234567").error().code, "gm-password-weak");
  EXPECT_TRUE(passwords.hash("12345678").ok());
  EXPECT_TRUE(passwords.hash(std::string(1024, 'x')).ok());
  EXPECT_EQ(passwords.hash(std::string(1025, 'x')).error().code, "gm-password-weak");
}

TEST(Passwords, MoreThanAllowedAtOnceAreRefused) {
  Passwords none({8192, 1, 8, 0});
  EXPECT_EQ(none.hash("correct horse").error().code, "gm-users-busy");
  EXPECT_EQ(none.fits("correct horse", "").error().code, "gm-users-busy");
}

}  // namespace
}  // namespace gm::identity
