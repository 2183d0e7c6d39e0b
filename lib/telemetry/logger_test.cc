#include "lib/telemetry/logger.h"

#include <gmock/gmock.h>

#include "lib/telemetry/trace.h"

namespace gm::telemetry {
namespace {

struct Captured {
  ManualClock clock{1'795'424'400'120};
  std::vector<std::string> lines;
  Logger make(Level level, LogFormat format = LogFormat::json) {
    return Logger::to_function(level, format, clock, [this](std::string_view line) { lines.emplace_back(line); });
  }
};

TEST(Logger, WritesOneJsonObjectPerLine) {
  Captured out;
  const std::string peer = "127.0.0.1";
  out.make(Level::info)
      .component("http")
      .log(Level::warn, "slow", {{"peer", peer}, {"bytes", size_t{12}}, {"delta", -3}, {"ratio", 0.5}, {"open", true}},
           "abc");
  ASSERT_EQ(out.lines.size(), 1u);
  EXPECT_EQ(out.lines[0],
            R"({"ts":"2026-11-23T09:00:00.120Z","level":"warn","component":"http","message":"slow","trace_id":"abc",)"
            R"("peer":"127.0.0.1","bytes":12,"delta":-3,"ratio":0.5,"open":true})");
}

TEST(Logger, NothingInAValueCanForgeALineOrATerminalSequence) {
  Captured out;
  const std::string evil = "x\n{\"level\":\"error\"}\x1b[2J\x7f\xff\xed\xa0\x80 \xc3\xa9";
  out.make(Level::info).info(evil, {{"value", evil}});
  out.make(Level::info, LogFormat::text).info(evil, {{"value", evil}});
  ASSERT_EQ(out.lines.size(), 2u);
  for (const std::string& line : out.lines) {
    for (const char c : line) EXPECT_TRUE(static_cast<uint8_t>(c) >= 0x20 && c != 0x7f) << line;
    EXPECT_THAT(line, testing::HasSubstr("\\u001b[2J\\u007f\\ufffd\\ufffd\\ufffd\\ufffd \xc3\xa9"));
  }
}

TEST(Logger, LevelsFilterAndChangeForAllCopies) {
  Captured out;
  const Logger logger = out.make(Level::warn);
  const Logger other = logger.component("log");
  other.info("no");
  other.error("yes");
  EXPECT_FALSE(other.enabled(Level::debug));
  logger.set_level(Level::debug);
  other.debug("now");
  ASSERT_EQ(out.lines.size(), 2u);
  EXPECT_THAT(out.lines[1], testing::HasSubstr("\"component\":\"log\",\"message\":\"now\""));
}

TEST(Logger, TextFormatIsOneReadableLine) {
  Captured out;
  out.make(Level::info, LogFormat::text).component("main").info("ready", {{"port", 8080}});
  EXPECT_EQ(out.lines.at(0), "2026-11-23T09:00:00.120Z info  main: ready port=8080");
}

TEST(Logger, ADefaultConstructedLoggerDiscards) {
  const Logger logger;
  logger.error("nobody hears this");
  EXPECT_FALSE(logger.enabled(Level::error));
}

TEST(Logger, ParsesTheSettings) {
  EXPECT_EQ(parse_level("warn"), Level::warn);
  EXPECT_EQ(parse_level("WARN"), std::nullopt);
  EXPECT_EQ(parse_log_format("text"), LogFormat::text);
  EXPECT_EQ(parse_log_format("xml"), std::nullopt);
}

TEST(TraceId, TakesAWellFormedTraceparentOnly) {
  const auto id = TraceId::from_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  ASSERT_TRUE(id);
  EXPECT_EQ(id->view(), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_TRUE(TraceId::from_traceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"));
  for (const char* bad : {"", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
                          "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                          "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                          "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                          "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                          "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                          "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x"}) {
    EXPECT_FALSE(TraceId::from_traceparent(bad)) << bad;
  }
}

TEST(TraceId, NewIdsAreWellFormedAndDiffer) {
  SeededRandom random(1);
  const TraceId a = TraceId::make(random);
  const TraceId b = TraceId::make(random);
  EXPECT_NE(a.view(), b.view());
  EXPECT_TRUE(TraceId::from_traceparent("00-" + std::string(a.view()) + "-00f067aa0ba902b7-01"));
}

}  // namespace
}  // namespace gm::telemetry
