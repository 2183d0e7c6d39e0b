#include "lib/security/one_time_code.h"

#include <gtest/gtest.h>

namespace gm::security {
namespace {

constexpr std::string_view kRfcSecret = "12345678901234567890";  // of both RFCs

// RFC 4226, appendix D.
TEST(OneTimeCode, HasTheValuesOfRfc4226) {
  constexpr const char* kCodes[] = {"755224", "287082", "359152", "969429", "338314",
                                    "254676", "287922", "162583", "399871", "520489"};
  for (int64_t count = 0; count < 10; ++count) EXPECT_EQ(one_time_code(kRfcSecret, count), kCodes[count]) << count;
}

// RFC 6238, appendix B, of SHA-1: the last six of its eight digits.
TEST(OneTimeCode, HasTheValuesOfRfc6238) {
  struct Row {
    int64_t seconds;
    const char* code;
  };
  for (const auto& [seconds, code] : {Row{59, "287082"}, Row{1111111109, "081804"}, Row{1111111111, "050471"},
                                      Row{1234567890, "005924"}, Row{2000000000, "279037"}, Row{20000000000, "353130"}})
    EXPECT_EQ(one_time_code(kRfcSecret, one_time_step(seconds * 1000)), code) << seconds;
}

TEST(OneTimeCode, IsTakenOneStepEarlyOrLateAndNoMore) {
  constexpr int64_t kNow = 1'700'000'010'000;
  const int64_t step = one_time_step(kNow);
  for (int64_t off = -3; off <= 3; ++off) {
    const auto found = matching_step(kRfcSecret, one_time_code(kRfcSecret, step + off), kNow, 0);
    EXPECT_EQ(found, off >= -1 && off <= 1 ? std::optional(step + off) : std::nullopt) << off;
  }
}

TEST(OneTimeCode, IsNotTakenOfAStepThatIsOver) {
  constexpr int64_t kNow = 1'700'000'010'000;
  const int64_t step = one_time_step(kNow);
  const std::string code = one_time_code(kRfcSecret, step);
  EXPECT_EQ(matching_step(kRfcSecret, code, kNow, step - 1), step);
  EXPECT_FALSE(matching_step(kRfcSecret, code, kNow, step)) << "used before";
  EXPECT_FALSE(matching_step(kRfcSecret, code, kNow, step + 1)) << "a later one was used before";
}

TEST(OneTimeCode, OnlySixDigitsAreACode) {
  constexpr int64_t kNow = 59'000;
  EXPECT_TRUE(matching_step(kRfcSecret, "287082", kNow, 0));
  for (const char* wrong : {"", "28708", "2870820", "94287082", "287083", " 87082", "28708\n", "ABCDEF"})
    EXPECT_FALSE(matching_step(kRfcSecret, wrong, kNow, 0)) << wrong;
  EXPECT_FALSE(matching_step(kRfcSecret, std::string_view("28708\0", 6), kNow, 0));
}

TEST(OneTimeCode, SecretsAreRandomAndLongEnough) {
  SeededRandom random(1);
  const std::string first = make_one_time_secret(random);
  EXPECT_EQ(first.size() * 8, 160u);
  EXPECT_NE(first, make_one_time_secret(random));
}

// RFC 4648, 10, without the padding.
TEST(OneTimeCode, Base32HasTheValuesOfRfc4648) {
  constexpr const char* kPairs[][2] = {{"", ""},
                                       {"f", "MY"},
                                       {"fo", "MZXQ"},
                                       {"foo", "MZXW6"},
                                       {"foob", "MZXW6YQ"},
                                       {"fooba", "MZXW6YTB"},
                                       {"foobar", "MZXW6YTBOI"}};
  for (const auto& [plain, coded] : kPairs) EXPECT_EQ(base32(plain), coded);
}

TEST(OneTimeCode, TheUriSaysAllAndEscapesWhatIsNotPlain) {
  EXPECT_EQ(one_time_uri("Game Studio", "ada+x@studio.example", kRfcSecret),
            "otpauth://totp/Game%20Studio:ada%2Bx%40studio.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer="
            "Game%20Studio&algorithm=SHA1&digits=6&period=30");
}

}  // namespace
}  // namespace gm::security
