#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "adapters/embedded/log_fixture.h"
#include "adapters/embedded/segment_rewrite.h"

namespace gm::embedded {
namespace {

constexpr std::string_view kSecret = "secret";

// Records of this test are words, one an event; those of the secret are taken out.
log::RecordEdit without_secret() {
  return [](log::Topic, std::string_view payload, uint32_t count) -> std::optional<std::vector<log::RecordPart>> {
    if (payload.find(kSecret) == std::string_view::npos) return std::nullopt;
    std::vector<log::RecordPart> parts;
    for (uint32_t i = 0; i < count; ++i) {
      const std::string_view word = payload.substr(i * 6, 6);
      parts.push_back({word == kSecret ? "" : std::string(word), 1});
    }
    return parts;
  };
}

struct LogRewriteTest : testing::Test {
  io::FaultyFileSystem files;
  ManualClock clock{kTestNow};
  LogSettings settings = small_log();
  std::unique_ptr<EmbeddedLog> log;

  void open() {
    log.reset();
    auto opened = EmbeddedLog::open(settings, files, clock, nullptr, {});
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    log = std::move(*opened);
  }
  void fill() {
    for (int i = 0; i < 400; ++i)
      ASSERT_TRUE(append(*log, i % 3 == 0 ? "first secretother " : "other first ", i % 3 == 0 ? 3 : 2).ok());
  }
  bool is_anywhere(std::string_view text) {
    for (const char* topic : {"/events.raw", "/events.rejected"}) {
      const auto entries = files.list(settings.directory + topic);
      if (!entries) continue;
      for (const io::DirectoryEntry& entry : *entries) {
        if (files.content(settings.directory + topic + "/" + entry.name).find(text) != std::string::npos) return true;
      }
    }
    return false;
  }
  // The words by position.
  std::map<log::Offset, std::string> words() {
    std::map<log::Offset, std::string> found;
    const auto frames = read_all(*log);
    EXPECT_TRUE(frames.ok()) << frames.error().message;
    for (const log::Frame& frame : *frames) {
      for (uint32_t i = 0; i < frame.count; ++i) found[frame.base + i] = frame.payload.substr(i * 6, 6);
    }
    return found;
  }
};

TEST_F(LogRewriteTest, what_is_edited_out_is_in_no_file_and_the_rest_stays_where_it_was) {
  open();
  fill();
  auto expected = words();
  const size_t before = expected.size();
  std::erase_if(expected, [](const auto& word) { return word.second == kSecret; });
  ASSERT_TRUE(is_anywhere(kSecret));
  const auto counts = log->rewrite(without_secret());
  ASSERT_TRUE(counts.ok()) << counts.error().message;
  EXPECT_EQ(counts->events, before - expected.size());
  EXPECT_GT(counts->segments, 2u);
  EXPECT_FALSE(is_anywhere(kSecret));
  EXPECT_EQ(words(), expected);
  EXPECT_EQ(log->end(log::Topic::events_raw, 0), before);

  const auto again = log->rewrite(without_secret());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->segments, 0u);
  EXPECT_TRUE(append(*log, "later ", 1).ok());
  open();
  expected[before] = "later ";
  EXPECT_EQ(words(), expected);
}

// Whichever call the power is lost at: the log opens again, and the next attempt finishes.
TEST_F(LogRewriteTest, a_power_loss_at_any_call_leaves_a_log_that_the_next_attempt_finishes) {
  bool finished = false;
  for (uint64_t k = 1; !finished; ++k) {
    ASSERT_LT(k, 1000u);
    settings.directory = "/data/" + std::to_string(k);
    open();
    for (int i = 0; i < 40; ++i) ASSERT_TRUE(append(*log, "first secretother ", 3).ok());
    auto expected = words();
    std::erase_if(expected, [](const auto& word) { return word.second == kSecret; });
    files.fail_call(k, io::Fault::power_loss);
    finished = log->rewrite(without_secret()).ok();
    files.fail_call(0, io::Fault::power_loss);
    log.reset();
    if (!finished) files.restart();
    open();
    const auto done = log->rewrite(without_secret());
    ASSERT_TRUE(done.ok()) << k << " " << done.error().message;
    ASSERT_EQ(words(), expected) << k;
    ASSERT_FALSE(is_anywhere(kSecret)) << k;
  }
}

TEST_F(LogRewriteTest, readers_see_every_word_that_stays_while_segments_are_replaced) {
  open();
  fill();
  auto expected = words();
  std::erase_if(expected, [](const auto& word) { return word.second == kSecret; });
  std::atomic<bool> stop{false};
  std::atomic<int> rounds{0};
  std::thread reader([&] {
    while (!stop || rounds == 0) {
      auto found = words();
      std::erase_if(found, [](const auto& word) { return word.second == kSecret; });
      EXPECT_EQ(found, expected);
      ++rounds;
    }
  });
  EXPECT_TRUE(log->rewrite(without_secret()).ok());
  stop = true;
  reader.join();
}

TEST_F(LogRewriteTest, archives_and_what_a_repair_set_aside_are_cleaned_too) {
  open();
  fill();
  log.reset();
  const std::string path = segment_path(0);
  SystemRandom random;
  const auto counts = rewrite_archive(files, random, "/data/log", without_secret());
  ASSERT_TRUE(counts.ok()) << counts.error().message;
  EXPECT_GT(counts->segments, 2u);
  files.put(path + ".quarantine", "bytes of a secret");
  files.put(path + ".quarantine.2", "bytes of others");
  const auto removed = remove_set_aside(files, "/data/log", {std::string(kSecret)});
  ASSERT_TRUE(removed.ok());
  EXPECT_EQ(*removed, 1u);
  EXPECT_TRUE(files.exists(path + ".quarantine.2"));
  EXPECT_FALSE(is_anywhere(kSecret));
}

}  // namespace
}  // namespace gm::embedded
