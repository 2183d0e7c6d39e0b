#include "lib/event/rate_table.h"

#include <gtest/gtest.h>

#include "lib/base/saturating.h"

namespace gm::event {
namespace {

Date day(std::string_view text) { return Date::parse(text).value(); }

TEST(RateTable, holds_from_its_day_until_the_next) {
  const RateTable table({{"EUR", day("2026-11-01"), 1'080'000'000}, {"EUR", day("2026-11-03"), 1'100'000'000}});
  EXPECT_FALSE(table.find("EUR", day("2026-10-31")));
  EXPECT_EQ(table.find("EUR", day("2026-11-01")), 1'080'000'000);
  EXPECT_EQ(table.find("EUR", day("2026-11-02")), 1'080'000'000);
  EXPECT_EQ(table.find("EUR", day("2026-11-03")), 1'100'000'000);
  EXPECT_EQ(table.find("EUR", day("2030-01-01")), 1'100'000'000);
  EXPECT_FALSE(table.find("JPY", day("2026-11-03")));
}

TEST(RateTable, converts_to_the_nearest_millionth) {
  EXPECT_EQ(converted_micros(4'990'000, 1'080'000'000), 5'389'200);
  EXPECT_EQ(converted_micros(1, 500'000'000), 1) << "a half goes away from zero";
  EXPECT_EQ(converted_micros(-1, 500'000'000), -1);
  EXPECT_EQ(converted_micros(1, 499'999'999), 0);
  EXPECT_EQ(converted_micros(INT64_MAX, kRateMax), kSumMax);
  EXPECT_EQ(converted_micros(INT64_MIN, kRateMax), kSumMin);
}

TEST(RateFile, is_read_line_by_line) {
  const auto rates = parse_rates(
      "date,currency,rate\r\n2026-11-01,EUR,1.0832\n\n2026-11-01,JPY,0.00651234567\n2026-11-02,GBP,2", "USD");
  ASSERT_TRUE(rates.ok()) << rates.error().message;
  const std::vector<Rate> expected = {{"EUR", day("2026-11-01"), 1'083'200'000},
                                      {"JPY", day("2026-11-01"), 6'512'346},
                                      {"GBP", day("2026-11-02"), 2'000'000'000}};
  EXPECT_EQ(*rates, expected);
  EXPECT_EQ(rate_text((*rates)[0].billionths), "1.0832");
  EXPECT_EQ(rate_text((*rates)[1].billionths), "0.006512346");
  EXPECT_EQ(rate_text((*rates)[2].billionths), "2");
}

TEST(RateFile, says_the_line_that_is_wrong) {
  const std::string heading = "date,currency,rate\n";
  for (const char* line :
       {"2026-11-31,EUR,1", "2026-11-01,eur,1", "2026-11-01,USD,1", "2026-11-01,EUR,0", "2026-11-01,EUR,-1",
        "2026-11-01,EUR,1e3", "2026-11-01,EUR,.5", "2026-11-01,EUR,1.", "2026-11-01,EUR,", "2026-11-01,EUR,9999999999",
        "2026-11-01,EUR", "2026-11-01,EUR,1,2", "2026-11-01,EUR,0.0000000001"}) {
    const auto rates = parse_rates(heading + "2026-10-01,EUR,1\n" + line, "USD");
    ASSERT_FALSE(rates.ok()) << line;
    EXPECT_EQ(rates.error().code, "gm-rates-invalid");
    EXPECT_NE(rates.error().message.find("line 3"), std::string::npos) << rates.error().message;
  }
  EXPECT_FALSE(parse_rates("2026-11-01,EUR,1\n", "USD").ok()) << "no heading";
  EXPECT_FALSE(parse_rates(heading + "2026-11-01,EUR,1\n2026-11-01,EUR,1\n", "USD").ok()) << "twice";
}

}  // namespace
}  // namespace gm::event
