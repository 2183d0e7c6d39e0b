#include "services/notifications/message_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "lib/codec/gzip.h"

namespace gm::notifications {
namespace {

const char* const kHostile = R"({"type":"alert.fired","timestamp":"2026-11-26T00:05:12.004Z","data":{
  "alert":{"id":"a1","state":"firing"},"rule":{"id":"r","name":"<script>alert('x')</script>\r\nBcc: all@x & <!channel>"},
  "summary":"dau is \"5\" < 10","metric":"dau","value":5,"expected":{"low":10,"high":null},
  "recent":[{"period":"a","value":12},{"period":"b","value":null},{"period":"c","value":5}]}})";

TEST(MessageText, a_name_stays_in_its_line) {
  const MessageText text = text_of(kHostile);
  EXPECT_EQ(text.title.find_first_of("\r\n"), std::string::npos);
  EXPECT_EQ(text.title.substr(0, 8), "Firing: ");
  EXPECT_EQ(text.chart.values.size(), 3u);
  EXPECT_EQ(text.chart.low, 10);
  EXPECT_FALSE(text.chart.values[1]);
}

TEST(MessageText, html_shows_what_was_written_and_runs_nothing) {
  const std::string html = html_text(text_of(kHostile), "chart@x");
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_NE(html.find("&lt;script&gt;alert(&#39;x&#39;)"), std::string::npos);
  EXPECT_NE(html.find("alt=\"dau is &quot;5&quot; &lt; 10\""), std::string::npos);
  EXPECT_NE(html.find("src=\"cid:chart@x\""), std::string::npos);
  EXPECT_EQ(html_text(text_of(kHostile), "").find("<img"), std::string::npos);
}

TEST(MessageText, slack_calls_nobody_by_a_rules_name) {
  const auto json = nlohmann::json::parse(slack_body(text_of(kHostile)));
  EXPECT_EQ(json["text"].get<std::string>().find("<!channel>"), std::string::npos);
  EXPECT_NE(json["text"].get<std::string>().find("&lt;!channel&gt;"), std::string::npos);
  for (const auto& block : json["blocks"]) {
    if (block.contains("text")) {
      EXPECT_EQ(block["text"]["type"], "plain_text");
    }
  }
}

TEST(MessageText, what_is_no_message_is_text_as_well) {
  for (const char* body :
       {"", "[]", "5", "{}", R"({"data":5})", R"({"data":{"rule":7,"alert":[],"expected":"x","recent":{}}})"}) {
    const MessageText text = text_of(body);
    EXPECT_FALSE(plain_text(text).empty()) << body;
    EXPECT_FALSE(html_text(text, "").empty()) << body;
    EXPECT_TRUE(nlohmann::json::parse(slack_body(text)).is_object()) << body;
  }
}

uint32_t number_at(const std::string& bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

// The rows of the picture without their filter byte; every chunk is checked.
std::vector<std::string> rows_of(const std::string& png) {
  EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
  std::string pixels;
  for (size_t at = 8; at < png.size();) {
    const size_t bytes = number_at(png, at);
    const std::string type = png.substr(at + 4, 4), data = png.substr(at + 8, bytes);
    EXPECT_EQ(number_at(png, at + 8 + bytes), codec::crc32(type + data)) << type;
    if (type == "IDAT") pixels = std::string(codec::decompress(data, false, {1 << 20, 10'000})->view());
    at += bytes + 12;
  }
  std::vector<std::string> rows;
  for (size_t at = 0; at < pixels.size(); at += kChartWidth + 1) rows.push_back(pixels.substr(at + 1, kChartWidth));
  return rows;
}

TEST(Chart, has_a_bar_a_period_with_the_last_one_marked) {
  const auto rows = rows_of(chart_png({{10, 20, 40}, {}, {}}));
  ASSERT_EQ(rows.size(), static_cast<size_t>(kChartHeight));
  const auto height = [&](size_t column, char ink) {
    return std::count_if(rows.begin(), rows.end(), [&](const std::string& row) { return row[column] == ink; });
  };
  const auto first = height(100, 1), second = height(300, 1), last = height(500, 2);
  EXPECT_NEAR(static_cast<double>(second), 2.0 * static_cast<double>(first), 2);
  EXPECT_NEAR(static_cast<double>(last), 4.0 * static_cast<double>(first), 3);
}

TEST(Chart, any_numbers_make_a_picture) {
  for (const Chart& chart :
       {Chart{}, Chart{{0}, {}, {}}, Chart{{-5, 5}, -10, 10}, Chart{{std::nullopt, 1e300, -1e300}, 0, {}},
        Chart{std::vector<std::optional<double>>(5000, 3), {}, {}}, Chart{{1e308, -1e308}, {}, {}}}) {
    EXPECT_EQ(rows_of(chart_png(chart)).size(), static_cast<size_t>(kChartHeight));
  }
}

}  // namespace
}  // namespace gm::notifications
