#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/embedded/log_check.h"
#include "adapters/embedded/log_fixture.h"

namespace gm::embedded {
namespace {

using log::Offset;
using log::Topic;
using testing::HasSubstr;

struct RecoveryTest : testing::Test {
  std::unique_ptr<io::FaultyFileSystem> files = std::make_unique<io::FaultyFileSystem>();
  ManualClock clock{kTestNow};
  LogSettings settings = small_log();
  SeededRandom random{5};
  std::unique_ptr<EmbeddedLog> log;

  void fresh() {
    log.reset();
    files = std::make_unique<io::FaultyFileSystem>();
  }
  Result<std::unique_ptr<EmbeddedLog>> try_open() {
    log.reset();
    return EmbeddedLog::open(settings, *files, clock, nullptr);
  }
  void open() {
    auto opened = try_open();
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    log = std::move(*opened);
  }
  void expect_corrupt(const std::string& path, uint64_t position) {
    auto opened = try_open();
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code, "gm-log-corrupt");
    EXPECT_THAT(opened.error().message, HasSubstr(path + " is damaged at byte " + std::to_string(position)));
  }
  std::vector<SegmentReport> must_repair() {
    auto reports = repair_log(settings.directory, *files, random);
    EXPECT_TRUE(reports.ok()) << reports.error().message;
    return reports.ok() ? *reports : std::vector<SegmentReport>();
  }
};

TEST_F(RecoveryTest, a_tail_torn_at_any_byte_is_cut_off) {
  SegmentBuilder built;
  std::vector<size_t> frame_ends = {built.bytes().size()};
  for (int i = 0; i < 4; ++i)
    frame_ends.push_back(built.commit({std::string(static_cast<size_t>(i) * 13, 'p')}).bytes().size());
  for (size_t cut = 0; cut <= built.bytes().size(); ++cut) {
    fresh();
    files->put(segment_path(0), built.bytes().substr(0, cut));
    open();
    if (HasFatalFailure()) return;
    const auto behind = std::upper_bound(frame_ends.begin(), frame_ends.end(), cut);
    const auto whole = static_cast<Offset>(behind - frame_ends.begin());
    const Offset frames = whole == 0 ? 0 : whole - 1;
    EXPECT_EQ(log->end(Topic::events_raw, 0), frames) << "cut at " << cut;
    const bool torn = cut > kSegmentHeaderBytes && cut != frame_ends[frames];
    EXPECT_EQ(log->torn_tails().size(), torn ? 1u : 0u) << "cut at " << cut;
    EXPECT_EQ(*append(*log, "after", 1), frames);
    EXPECT_EQ(read_all(*log)->size(), frames + 1);
  }
}

TEST_F(RecoveryTest, garbage_and_zeros_at_the_end_are_cut_off) {
  for (const bool zeros : {true, false}) {
    SegmentBuilder built;
    built.commit({"one"}).commit({"two"});
    std::string garbage(5000, '\0');
    if (!zeros) random.fill(std::as_writable_bytes(std::span(garbage)));
    fresh();
    files->put(segment_path(0), built.bytes() + garbage);
    open();
    EXPECT_EQ(log->end(Topic::events_raw, 0), 2u);
    ASSERT_EQ(log->torn_tails().size(), 1u);
    EXPECT_EQ(log->torn_tails()[0].position, built.bytes().size());
    EXPECT_EQ(log->torn_tails()[0].bytes, 5000u);
    EXPECT_EQ(files->content(segment_path(0)), built.bytes());
  }
}

TEST_F(RecoveryTest, a_bad_frame_before_a_later_commit_is_corruption) {
  SegmentBuilder built;
  built.commit({"one"});
  const size_t second = built.bytes().size();
  built.commit({"two"}).commit({"three"});
  files->put(segment_path(0), built.bytes());
  files->flip_bit(segment_path(0), second + kFrameHeaderBytes, 0);
  expect_corrupt(segment_path(0), second);
  EXPECT_EQ(files->content(segment_path(0)).size(), built.bytes().size()) << "the evidence is left alone";
}

TEST_F(RecoveryTest, a_bad_frame_with_good_ones_of_its_own_commit_is_a_torn_commit) {
  SegmentBuilder built;
  built.commit({"one"});
  const size_t second = built.bytes().size();
  built.commit({"two", "three", "four"});
  files->put(segment_path(0), built.bytes());
  files->flip_bit(segment_path(0), second + 5, 0);
  open();
  EXPECT_EQ(log->end(Topic::events_raw, 0), 1u);
  EXPECT_EQ(log->torn_tails().size(), 1u);
}

TEST_F(RecoveryTest, after_a_clean_stop_damage_to_the_last_commit_is_seen) {
  open();
  ASSERT_TRUE(append(*log, "one", 1).ok());
  log.reset();
  files->flip_bit(segment_path(0), kSegmentHeaderBytes + kFrameHeaderBytes, 3);
  expect_corrupt(segment_path(0), kSegmentHeaderBytes);
}

TEST_F(RecoveryTest, a_payload_that_imitates_frames_cannot_stop_the_log) {
  SegmentBuilder victim(0, 1234);
  victim.commit({"one"});
  const size_t torn_at = victim.bytes().size();
  // Frames of a later commit with the right offsets, as an attacker would send them; only the salt is not theirs to
  // know.
  SegmentBuilder imitation(1, 4321);
  imitation.commit({"a"}).commit({"b"});
  victim.commit({imitation.bytes()});
  files->put(segment_path(0), victim.bytes());
  files->flip_bit(segment_path(0), torn_at, 0);
  open();
  EXPECT_EQ(log->end(Topic::events_raw, 0), 1u);
}

TEST_F(RecoveryTest, an_intact_frame_out_of_order_is_corruption) {
  SegmentBuilder first(0);
  first.commit({"one"});
  SegmentBuilder other(7);
  other.commit({"two"});
  files->put(segment_path(0), first.bytes() + other.bytes().substr(kSegmentHeaderBytes));
  expect_corrupt(segment_path(0), first.bytes().size());
}

TEST_F(RecoveryTest, a_newer_format_is_refused_as_such) {
  const SegmentHeaderBytes header = encode(SegmentHeader{kSegmentVersion + 1, 1, 0});
  files->put(segment_path(0), std::string_view(header.data(), header.size()));
  EXPECT_EQ(try_open().error().code, "gm-log-version");
  EXPECT_EQ(check_log(settings.directory, *files).error().code, "gm-log-version");
}

TEST_F(RecoveryTest, a_missing_segment_is_corruption_and_becomes_a_gap) {
  SegmentBuilder first(0);
  first.commit({"one", "two"}).seal();
  SegmentBuilder third(10);
  third.commit({"eleven"});
  files->put(segment_path(0), first.bytes());
  files->put(segment_path(10), third.bytes());
  expect_corrupt(segment_path(0), first.bytes().size() - kFrameHeaderBytes);
  const auto reports = must_repair();
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(reports[0].events_lost, 8u);
  EXPECT_EQ(reports[0].quarantine, "") << "no byte was bad";
  open();
  auto frames = read_all(*log);
  ASSERT_TRUE(frames.ok());
  ASSERT_EQ(frames->size(), 3u);
  EXPECT_EQ((*frames)[2].base, 10u);
  EXPECT_EQ((*log->read(Topic::events_raw, 0, 5, 1))[0].base, 10u);
}

TEST_F(RecoveryTest, repair_keeps_the_bad_bytes_and_never_reuses_their_offsets) {
  SegmentBuilder built;
  built.commit({"one"}, 10);
  const size_t second = built.bytes().size();
  built.commit({"two"}, 10).commit({"three"}, 10).commit({"four"}, 10);
  files->put(segment_path(0), built.bytes());
  files->flip_bit(segment_path(0), second, 0);
  const std::string damaged = files->content(segment_path(0));
  auto checked = check_log(settings.directory, *files);
  ASSERT_TRUE(checked.ok());
  EXPECT_EQ((*checked)[0].state, SegmentState::corrupt);
  EXPECT_EQ((*checked)[0].good_bytes, second);
  EXPECT_EQ((*checked)[0].events_lost, 30u);
  EXPECT_EQ(files->content(segment_path(0)), damaged) << "checking changes nothing";

  const auto reports = must_repair();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(files->content(reports[0].quarantine), damaged.substr(second));
  files->lose_power();
  files->restart();
  open();
  EXPECT_EQ(log->end(Topic::events_raw, 0), 40u);
  EXPECT_EQ(*append(*log, "five", 1), 40u);
  auto frames = read_all(*log);
  ASSERT_EQ(frames->size(), 2u);
  EXPECT_EQ((*frames)[0].payload, "one");
  EXPECT_EQ((*frames)[1].payload, "five");
  log.reset();
  for (const SegmentReport& report : must_repair()) EXPECT_EQ(report.state, SegmentState::good) << report.problem;
}

TEST_F(RecoveryTest, a_segment_without_its_header_is_set_aside_whole) {
  SegmentBuilder built(100);
  built.commit({"a", "b"}, 50);
  files->put(segment_path(100), built.bytes());
  files->flip_bit(segment_path(100), 13, 1);
  expect_corrupt(segment_path(100), 0);
  const auto reports = must_repair();
  EXPECT_EQ(reports[0].events_lost, built.bytes().size());
  open();
  EXPECT_EQ(log->begin(Topic::events_raw, 0), 100u);
  EXPECT_GE(log->end(Topic::events_raw, 0), 200u);
  EXPECT_TRUE(append(*log, "c", 1).ok());
  EXPECT_EQ(read_all(*log, 100)->size(), 1u);
}

TEST_F(RecoveryTest, check_and_repair_keep_off_a_running_log) {
  open();
  EXPECT_EQ(check_log(settings.directory, *files).error().code, "gm-log-locked");
  EXPECT_EQ(repair_log(settings.directory, *files, random).error().code, "gm-log-locked");
}

TEST_F(RecoveryTest, a_refused_append_stays_refused_after_a_power_loss) {
  int survivors = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    log.reset();
    files = std::make_unique<io::FaultyFileSystem>(seed);
    open();
    ASSERT_TRUE(append(*log, "kept", 1).ok());
    files->fail_call(2, io::Fault::short_write);  // statvfs, write
    auto refused = append(*log, std::string(40, 'r'), 1);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, "gm-log-full");
    files->lose_power();
    log.reset();
    files->restart();
    survivors += files->content(segment_path(0)).size() > kSegmentHeaderBytes + kFrameHeaderBytes + 4 ? 1 : 0;
  }
  EXPECT_EQ(survivors, 0) << "refused bytes came back";
}

// A log of several closed segments, stopped cleanly: whatever bit changes, either it is reported or no data depends on
// it.
TEST_F(RecoveryTest, one_flipped_bit_anywhere_is_reported_or_harmless_and_can_be_repaired) {
  settings.segment_bytes = 600;
  open();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(append(*log, std::string(150, static_cast<char>('a' + i)), 3).ok());
  const auto original = *read_all(*log);
  log.reset();
  const auto names = *files->list("/data/log/events.raw");
  ASSERT_EQ(names.size(), 5u);
  std::map<std::string, std::string> contents;
  for (const auto& name : names) contents[name.name] = files->content("/data/log/events.raw/" + name.name);
  int reported = 0;
  for (const auto& [damaged, content] : contents) {
    for (size_t byte = 0; byte < content.size() && !HasFailure(); ++byte) {
      SCOPED_TRACE(damaged + " byte " + std::to_string(byte));
      fresh();
      for (const auto& [name, bytes] : contents) files->put("/data/log/events.raw/" + name, bytes);
      files->flip_bit("/data/log/events.raw/" + damaged, byte, static_cast<unsigned>(random.below(8)));
      auto opened = try_open();
      bool seen = !opened.ok();
      if (opened) {
        auto frames = read_all(**opened);
        seen = !frames.ok();
        if (!seen) {
          EXPECT_EQ(frames->size(), original.size());
        }
        opened->reset();
      }
      reported += seen ? 1 : 0;
      must_repair();
      open();
      ASSERT_FALSE(HasFatalFailure());
      auto left = read_all(*log);
      ASSERT_TRUE(left.ok()) << left.error().message;
      EXPECT_GE(left->size() + 3, original.size()) << "no more than the damaged segment's events may be given up";
      EXPECT_TRUE(seen || left->size() == original.size());
      for (const log::Frame& frame : *left) EXPECT_EQ(frame.payload, original[frame.base / 3].payload);
      EXPECT_GE(log->end(Topic::events_raw, 0), 30u);
    }
  }
  EXPECT_GT(reported, 1500);
}

}  // namespace
}  // namespace gm::embedded
