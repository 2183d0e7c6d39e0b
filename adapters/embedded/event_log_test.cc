#include "adapters/embedded/event_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "adapters/embedded/log_fixture.h"
#include "lib/config/settings.h"
#include "lib/telemetry/catalog.h"

namespace gm::embedded {
namespace {

using log::Topic;

struct EventLogTest : testing::Test {
  io::FaultyFileSystem files;
  ManualClock clock{kTestNow};
  LogSettings settings = small_log();
  LogHooks hooks;
  std::unique_ptr<EmbeddedLog> log;

  void open() {
    log.reset();
    auto opened = EmbeddedLog::open(settings, files, clock, nullptr, hooks);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    log = std::move(*opened);
  }
  log::Offset must_append(std::string payload, uint32_t count, Topic topic = Topic::events_raw) {
    auto offset = append(*log, std::move(payload), count, topic);
    EXPECT_TRUE(offset.ok()) << offset.error().message;
    return offset.ok() ? *offset : UINT64_MAX;
  }
};

TEST_F(EventLogTest, offsets_count_events_and_frames_come_back_whole) {
  open();
  EXPECT_EQ(must_append("first", 3), 0u);
  clock.advance_ms(5);
  EXPECT_EQ(must_append("second", 100), 3u);
  EXPECT_EQ(must_append("", 1), 103u);
  EXPECT_EQ(log->end(Topic::events_raw, 0), 104u);
  auto frames = read_all(*log);
  ASSERT_TRUE(frames.ok());
  ASSERT_EQ(frames->size(), 3u);
  EXPECT_EQ((*frames)[0].payload, "first");
  EXPECT_EQ((*frames)[0].appended_ms, kTestNow);
  EXPECT_EQ((*frames)[1].payload, "second");
  EXPECT_EQ((*frames)[1].base, 3u);
  EXPECT_EQ((*frames)[1].count, 100u);
  EXPECT_EQ((*frames)[1].appended_ms, kTestNow + 5);
  EXPECT_EQ((*frames)[2].payload, "");
}

TEST_F(EventLogTest, reading_inside_a_frame_gives_the_frame_and_at_the_end_nothing) {
  open();
  must_append("first", 10);
  must_append("second", 10);
  auto inside = log->read(Topic::events_raw, 0, 14, 1);
  ASSERT_TRUE(inside.ok());
  ASSERT_EQ(inside->size(), 1u);
  EXPECT_EQ((*inside)[0].base, 10u);
  auto behind = log->read(Topic::events_raw, 0, 20, 1);
  ASSERT_TRUE(behind.ok());
  EXPECT_TRUE(behind->empty());
  EXPECT_TRUE(log->read(Topic::events_raw, 0, 1000, 1)->empty());
}

TEST_F(EventLogTest, topics_are_independent) {
  open();
  must_append("raw", 2);
  EXPECT_EQ(must_append("rejected", 7, Topic::events_rejected), 0u);
  EXPECT_EQ(log->end(Topic::events_raw, 0), 2u);
  EXPECT_EQ(log->end(Topic::events_rejected, 0), 7u);
  EXPECT_EQ(log->end(Topic::privacy_requests, 0), 0u);
  EXPECT_EQ(log->partition_count(Topic::events_raw), 1u);
}

TEST_F(EventLogTest, a_reopened_log_goes_on_where_it_was) {
  open();
  log::Offset expected = 0;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(must_append(std::string(300, static_cast<char>('a' + i)), 4), expected);
      expected += 4;
    }
    open();
    EXPECT_EQ(log->end(Topic::events_raw, 0), expected);
    EXPECT_TRUE(log->torn_tails().empty());
  }
  auto frames = read_all(*log);
  ASSERT_TRUE(frames.ok()) << frames.error().message;
  EXPECT_EQ(frames->size(), 50u);
  EXPECT_TRUE(files.exists(segment_path(0)));
}

TEST_F(EventLogTest, segments_are_closed_by_size_and_by_age) {
  open();
  for (int i = 0; i < 30; ++i) must_append(std::string(500, 'x'), 1);
  auto names = files.list("/data/log/events.raw");
  ASSERT_TRUE(names.ok());
  EXPECT_EQ(names->size(), 5u);  // 7 frames of 540 bytes fit into 4096 with both headers
  clock.advance_ms(settings.segment_age_ms);
  must_append("later", 1);
  EXPECT_TRUE(files.exists(segment_path(30)));
  auto frames = read_all(*log);
  ASSERT_TRUE(frames.ok());
  EXPECT_EQ(frames->size(), 31u);
}

TEST_F(EventLogTest, a_frame_larger_than_a_segment_and_than_the_queue_is_stored) {
  settings.queue_bytes_max = 1000;
  open();
  const std::string large(3'000'000, 'L');
  must_append("before", 1);
  must_append(large, 1);
  must_append("after", 1);
  auto frames = read_all(*log);
  ASSERT_TRUE(frames.ok());
  ASSERT_EQ(frames->size(), 3u);
  EXPECT_EQ((*frames)[1].payload, large);
}

TEST_F(EventLogTest, a_second_process_is_refused) {
  open();
  auto second = EmbeddedLog::open(settings, files, clock, nullptr);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, "gm-log-locked");
}

TEST_F(EventLogTest, waiting_ends_with_data_with_time_and_with_close) {
  open();
  EXPECT_FALSE(log->wait_past(Topic::events_raw, 0, 0, 1));
  std::thread late([&] { must_append("x", 1); });
  EXPECT_TRUE(log->wait_past(Topic::events_raw, 0, 0, 60'000));
  late.join();
  std::thread closer([&] { log->close(); });
  EXPECT_FALSE(log->wait_past(Topic::events_raw, 0, 5, 60'000));
  closer.join();
}

TEST_F(EventLogTest, close_answers_all_and_later_appends_fail_without_a_call_inside_append) {
  open();
  std::vector<std::future<Result<log::Offset>>> answers;
  for (int i = 0; i < 50; ++i) answers.push_back(append_later(*log, "queued", 1));
  log->close();
  for (auto& answer : answers) {
    ASSERT_EQ(answer.wait_for(std::chrono::seconds(0)), std::future_status::ready);
    EXPECT_TRUE(answer.get().ok());
  }
  const auto here = std::this_thread::get_id();
  std::promise<std::thread::id> answered_on;
  log->append(Topic::events_raw, 0, "late", 1, [&](Result<log::Offset> r) {
    EXPECT_EQ(r.error().code, "gm-log-failed");
    answered_on.set_value(std::this_thread::get_id());
  });
  EXPECT_NE(answered_on.get_future().get(), here);
  EXPECT_EQ(log->queued_bytes(), 0u);
}

TEST_F(EventLogTest, what_is_appended_for_later_becomes_durable_together) {
  int commits = 0;
  hooks.answering = [&](const std::function<void()>& answer_all) {
    ++commits;
    answer_all();
  };
  open();
  std::vector<std::promise<Result<log::Offset>>> answers(3);
  for (auto& answer : answers)
    log->append_later(Topic::events_raw, 0, "x", 1, [&](Result<log::Offset> r) { answer.set_value(std::move(r)); });
  auto last = answers.back().get_future();
  EXPECT_EQ(last.wait_for(std::chrono::milliseconds(20)), std::future_status::timeout);
  EXPECT_EQ(log->end(Topic::events_raw, 0), 0u);
  log->start_commit();
  EXPECT_EQ(last.get().value(), 2u);
  log->close();
  EXPECT_EQ(commits, 1);
}

TEST_F(EventLogTest, what_waits_for_a_commit_goes_with_any_other_append_with_much_of_it_and_with_close) {
  open();
  std::vector<std::promise<Result<log::Offset>>> answers(4);
  const auto later = [&](size_t which, size_t bytes) {
    log->append_later(Topic::events_raw, 0, std::string(bytes, 'x'), 1,
                      [&answers, which](Result<log::Offset> r) { answers[which].set_value(std::move(r)); });
  };
  later(0, 1);
  must_append("now", 1);
  EXPECT_TRUE(answers[0].get_future().get().ok());
  later(1, 1 << 20);
  EXPECT_TRUE(answers[1].get_future().get().ok());
  later(2, 1);
  log->close();
  EXPECT_TRUE(answers[2].get_future().get().ok());
  later(3, 1);
  EXPECT_EQ(answers[3].get_future().get().error().code, "gm-log-failed");
}

TEST_F(EventLogTest, the_queue_is_bounded_and_refusals_do_not_wait_for_the_committer) {
  settings.queue_bytes_max = 1000;
  open();
  std::promise<void> entered;
  std::promise<void> leave;
  log->append(Topic::events_raw, 0, "x", 1, [&](Result<log::Offset>) {
    entered.set_value();
    leave.get_future().wait();
  });
  entered.get_future().wait();  // the committer is now as stuck as with a stalled disk
  auto first = append_later(*log, std::string(900, 'a'), 1);
  EXPECT_EQ(log->queued_bytes(), 900u);
  auto second = append(*log, std::string(200, 'b'), 1);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, "gm-log-full");
  leave.set_value();
  EXPECT_TRUE(first.get().ok());
  EXPECT_TRUE(append(*log, std::string(200, 'b'), 1).ok());
  EXPECT_EQ(log->end(Topic::events_raw, 0), 3u);
}

TEST_F(EventLogTest, below_the_disk_watermark_appends_are_refused_until_space_returns) {
  settings.disk_free_min = 10'000;
  files.set_capacity(30'000);
  open();
  log::Offset accepted = 0;
  Result<log::Offset> last = append(*log, std::string(500, 'x'), 1);
  for (; last.ok(); ++accepted) last = append(*log, std::string(500, 'x'), 1);
  EXPECT_EQ(last.error().code, "gm-log-full");
  EXPECT_GT(accepted, 25u);
  EXPECT_GE(*files.free_bytes("/"), 10'000u);
  files.set_capacity(60'000);
  EXPECT_EQ(must_append("again", 1), accepted);
  EXPECT_EQ(read_all(*log)->size(), accepted + 1);
}

TEST_F(EventLogTest, a_full_disk_refuses_cleanly_and_a_log_on_a_full_disk_opens) {
  files.set_capacity(20'000);
  open();
  log::Offset accepted = 0;
  for (int i = 0; i < 200; ++i) accepted += append(*log, std::string(500, 'x'), 1).ok() ? 1 : 0;
  EXPECT_GT(accepted, 30u);
  EXPECT_LT(accepted, 40u);
  EXPECT_FALSE(log->failed());
  open();
  EXPECT_EQ(log->end(Topic::events_raw, 0), accepted);
  EXPECT_EQ(append(*log, std::string(5000, 'x'), 1).error().code, "gm-log-full");
  files.set_capacity(40'000);
  EXPECT_EQ(must_append("again", 1), accepted);
  EXPECT_EQ(read_all(*log)->size(), accepted + 1);
}

TEST_F(EventLogTest, a_failed_sync_stops_the_log_for_good) {
  std::atomic<int> calls{0};
  std::string code;
  hooks.failed = [&](const Error& error) {
    ++calls;
    code = error.code;
  };
  open();
  must_append("kept", 5);
  files.fail_call(3, io::Fault::io_error);  // statvfs, write, sync
  auto lost = append(*log, "lost", 1);
  ASSERT_FALSE(lost.ok());
  EXPECT_EQ(lost.error().code, "gm-log-failed");
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(code, "gm-log-failed");
  EXPECT_TRUE(log->failed());
  EXPECT_EQ(append(*log, "later", 1).error().code, "gm-log-failed");
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(log->end(Topic::events_raw, 0), 5u);
  EXPECT_EQ(read_all(*log)->size(), 1u) << "what was durable can still be read";
}

TEST_F(EventLogTest, released_segments_go_oldest_first_after_retention_and_archive) {
  std::vector<log::Offset> archived;
  hooks.archive = [&](const std::string& path, Topic topic, log::Offset base) -> Status {
    EXPECT_TRUE(files.exists(path));
    EXPECT_EQ(topic, Topic::events_raw);
    if (base == 14 && archived.size() == 2) return Error{"test", "archive is down"};
    archived.push_back(base);
    return {};
  };
  open();
  for (int i = 0; i < 30; ++i) must_append(std::string(500, 'x'), 1);  // segments at 0, 7, 14, 21, 28
  ASSERT_TRUE(log->release(Topic::events_raw, 0, 30).ok());
  EXPECT_EQ(log->begin(Topic::events_raw, 0), 0u) << "too young";
  clock.advance_ms(settings.retention_ms);
  ASSERT_TRUE(log->release(Topic::events_raw, 0, 6).ok());
  EXPECT_EQ(log->begin(Topic::events_raw, 0), 0u) << "not yet done with";
  open();  // ages come from the seals now
  EXPECT_EQ(log->release(Topic::events_raw, 0, 30).error().code, "test");
  EXPECT_THAT(archived, testing::ElementsAre(0, 7));
  EXPECT_EQ(log->begin(Topic::events_raw, 0), 14u);
  EXPECT_EQ(log->read(Topic::events_raw, 0, 13, 1).error().code, "gm-log-offset-gone");
  EXPECT_FALSE(files.exists(segment_path(7)));
  files.lose_power();
  log.reset();
  files.restart();
  archived.clear();
  open();
  EXPECT_EQ(log->begin(Topic::events_raw, 0), 14u);
  ASSERT_TRUE(log->release(Topic::events_raw, 0, 30).ok());
  EXPECT_EQ(log->begin(Topic::events_raw, 0), 28u) << "the newest segment stays";
  EXPECT_EQ(read_all(*log, 28)->size(), 2u);
}

TEST_F(EventLogTest, metrics_follow_the_log) {
  telemetry::Registry registry;
  auto opened = EmbeddedLog::open(settings, files, clock, &registry);
  ASSERT_TRUE(opened.ok());
  log = std::move(*opened);
  must_append(std::string(100, 'x'), 42);
  log->close();
  EXPECT_EQ(registry.counter(telemetry::kLogAppended, {"events.raw"}).value(), 42u);
  EXPECT_EQ(registry.gauge(telemetry::kLogBytes, {"events.raw"}).value(), 32 + 140);
  EXPECT_NE(registry.expose().find("gamemetrics_log_commit_duration_seconds_count 1"), std::string::npos);
}

TEST_F(EventLogTest, eight_producers_lose_nothing_while_a_reader_follows) {
  settings.segment_bytes = 64 << 10;
  open();
  constexpr int kProducers = 8;
  constexpr uint32_t kEach = 400;
  std::atomic<uint64_t> events{0};
  std::vector<std::thread> producers;
  for (int p = 0; p < kProducers; ++p) {
    producers.emplace_back([&, p] {
      for (uint32_t i = 0; i < kEach; ++i) {
        const uint32_t count = 1 + i % 7;
        const std::string payload = std::to_string(p) + ":" + std::to_string(i) + std::string(i % 300, '.');
        ASSERT_TRUE(append(*log, payload, count).ok());
        events += count;
      }
    });
  }
  std::vector<uint32_t> next(kProducers, 0);
  log::Offset from = 0;
  size_t frames = 0;
  while (frames < kProducers * kEach) {
    ASSERT_TRUE(log->wait_past(Topic::events_raw, 0, from, 60'000));
    auto read = log->read(Topic::events_raw, 0, from, 20'000);
    ASSERT_TRUE(read.ok()) << read.error().message;
    for (const log::Frame& frame : *read) {
      ASSERT_EQ(frame.base, from);
      from += frame.count;
      const size_t colon = frame.payload.find(':');
      const auto producer = static_cast<size_t>(std::stoi(frame.payload.substr(0, colon)));
      // A producer waits for each answer, so its frames are in its own order.
      EXPECT_EQ(std::stoul(frame.payload.substr(colon + 1)), next[producer]++);
      ++frames;
    }
  }
  for (auto& producer : producers) producer.join();
  EXPECT_EQ(log->end(Topic::events_raw, 0), events);
}

TEST(EventLogOnDisk, keeps_its_data_in_real_files) {
  const std::string directory = std::filesystem::temp_directory_path() / ("gm_log_test_" + std::to_string(getpid()));
  std::filesystem::remove_all(directory);
  io::PosixFileSystem files;
  SystemClock clock;
  LogSettings settings = small_log(directory + "/log");
  for (log::Offset round = 0; round < 3; ++round) {
    auto log = EmbeddedLog::open(settings, files, clock, nullptr);
    ASSERT_TRUE(log.ok()) << log.error().message;
    EXPECT_EQ((*log)->end(Topic::events_raw, 0), round * 20);
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(append(**log, std::string(400, 'r'), 1).ok());
    EXPECT_EQ(read_all(**log)->size(), (round + 1) * 20);
    EXPECT_EQ(EmbeddedLog::open(settings, files, clock, nullptr).error().code, "gm-log-locked");
  }
  std::filesystem::remove_all(directory);
}

TEST(LogSettings, come_from_the_declared_settings) {
  const LogSettings settings = LogSettings::from(config::Settings::defaults());
  EXPECT_EQ(settings.directory, "./gamemetrics-data/log");
  EXPECT_EQ(settings.segment_bytes, 128u << 20);
  EXPECT_EQ(settings.segment_age_ms, 24 * 3600 * 1000);
  EXPECT_EQ(settings.queue_bytes_max, 64u << 20);
  EXPECT_EQ(settings.disk_free_min, 256u << 20);
  EXPECT_EQ(settings.retention_ms, 7ll * 24 * 3600 * 1000);
}

}  // namespace
}  // namespace gm::embedded
