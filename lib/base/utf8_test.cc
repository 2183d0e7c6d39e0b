#include "lib/base/utf8.h"

#include <gtest/gtest.h>

#include "lib/base/calendar_range.h"
#include "lib/base/time.h"

namespace gm {
namespace {

TEST(Utf8, knows_the_bounds_of_every_length) {
  for (const char* good :
       {"", "plain ascii, longer than a word", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "12345678\xC3\xA4"}) {
    EXPECT_TRUE(is_valid_utf8(good)) << good;
    EXPECT_EQ(replace_invalid_utf8(good), good);
  }
  for (const char* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE2\x82",
                          "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "12345678\xE4"}) {
    EXPECT_FALSE(is_valid_utf8(bad)) << bad;
    EXPECT_TRUE(is_valid_utf8(replace_invalid_utf8(bad)));
  }
}

TEST(Utf8, replaces_each_bad_byte_and_keeps_the_rest) {
  EXPECT_EQ(replace_invalid_utf8("a\xFF"
                                 "b\xC3\xA4\xED\xA0\x80"),
            "a\xEF\xBF\xBD"
            "b\xC3\xA4\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(CalendarRange, is_what_dates_of_four_digits_name) {
  EXPECT_EQ(parse_iso8601_ms("0001-01-01T00:00:00Z"), kYear1Ms);
  EXPECT_EQ(parse_iso8601_ms("9999-12-31T23:59:59.999Z"), kYear10000Ms - 1);
  EXPECT_FALSE(has_calendar_date(kYear1Ms - 1));
  EXPECT_FALSE(has_calendar_date(kYear10000Ms));
}

}  // namespace
}  // namespace gm
