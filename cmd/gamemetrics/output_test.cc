#include <gtest/gtest.h>

#include "cmd/gamemetrics/console.h"
#include "cmd/gamemetrics/exit_codes.h"
#include "cmd/gamemetrics/latency_histogram.h"
#include "cmd/gamemetrics/text_table.h"

namespace gm::gamemetrics {
namespace {

TEST(TextTable, aligns_numbers_to_the_right_and_text_to_the_left) {
  EXPECT_EQ(render_aligned({{"name", "n"}, {{"a", "10"}, {"Größe", "7"}}}), "name    n\na      10\nGröße   7\n");
}

TEST(TextTable, csv_quotes_where_needed) {
  EXPECT_EQ(render_csv({{"a", "b"}, {{"x,y", "say \"hi\""}, {"1", ""}}}),
            "a,b\r\n\"x,y\",\"say \"\"hi\"\"\"\r\n1,\r\n");
}

TEST(Grouped, puts_commas_between_thousands) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(1234567), "1,234,567");
}

TEST(LatencyHistogram, percentiles_are_within_five_percent) {
  LatencyHistogram histogram;
  for (int i = 1; i <= 1000; ++i) histogram.observe(i * 0.1);
  EXPECT_NEAR(histogram.percentile_ms(0.5), 50, 50 * 0.06);
  EXPECT_NEAR(histogram.percentile_ms(0.99), 99, 99 * 0.06);
  LatencyHistogram other;
  other.observe(1e9);
  histogram.merge(other);
  EXPECT_EQ(histogram.count(), 1001u);
}

TEST(ExitCodes, follow_the_kind_of_error) {
  EXPECT_EQ(exit_code_for({"gm-config-unknown-key", ""}), kExitConfig);
  EXPECT_EQ(exit_code_for({"gm-http-client-failed", ""}), kExitUnavailable);
  EXPECT_EQ(exit_code_for({"gm-io-no-space", ""}), kExitIo);
  EXPECT_EQ(exit_code_for({"gm-io-locked", ""}), kExitUnavailable);
  EXPECT_EQ(exit_code_for({"gm-log-corrupt", ""}), kExitIo);
  EXPECT_EQ(exit_code_for({"gm-key-unknown", ""}), kExitFailure);
}

}  // namespace
}  // namespace gm::gamemetrics
