#include "adapters/embedded/replay_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/embedded/log_fixture.h"

namespace gm::embedded {
namespace {

using log::Topic;

class ReplayLogTest : public ::testing::Test {
 protected:
  // A log whose older segments were archived and removed.
  void SetUp() override {
    LogSettings settings = small_log();
    settings.retention_ms = 0;
    LogHooks hooks;
    hooks.archive = [this](const std::string& path, Topic topic, log::Offset) -> Status {
      const auto bytes = io::read_file(files_, path, 1 << 20);
      if (!bytes) return bytes.error();
      const std::string folder = "/archive/" + std::string(log::topic_name(topic));
      if (auto made = files_.make_directories(folder); !made) return made;
      return io::replace_file(files_, folder + path.substr(path.rfind('/')), *bytes);
    };
    auto opened = EmbeddedLog::open(settings, files_, clock_, nullptr, std::move(hooks));
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    log_ = std::move(*opened);
    for (int i = 0; i < 60; ++i)
      ASSERT_TRUE(append(*log_, "frame " + std::to_string(i) + std::string(500, 'x'), 3).ok());
    ASSERT_TRUE(log_->release(Topic::events_raw, 0, log_->end(Topic::events_raw, 0)).ok());
    ASSERT_GT(log_->begin(Topic::events_raw, 0), 0u);
    archived_ = files_.list("/archive/events.raw").value();
    ASSERT_GE(archived_.size(), 3u);
  }
  std::unique_ptr<ReplayLog> replay() { return std::move(ReplayLog::open(*log_, files_, "/archive").value()); }

  io::FaultyFileSystem files_;
  ManualClock clock_{kTestNow};
  std::unique_ptr<EmbeddedLog> log_;
  std::vector<io::DirectoryEntry> archived_;
};

TEST_F(ReplayLogTest, ArchiveAndLogAreOneLog) {
  const auto past = replay();
  EXPECT_EQ(past->begin(Topic::events_raw, 0), 0u);
  const auto frames = read_all(*past);
  ASSERT_TRUE(frames.ok()) << frames.error().message;
  ASSERT_EQ(frames->size(), 60u);
  for (size_t i = 0; i < 60; ++i) {
    EXPECT_EQ((*frames)[i].base, 3 * i);
    EXPECT_TRUE((*frames)[i].payload.starts_with("frame " + std::to_string(i) + "x"));
  }
  EXPECT_TRUE(past->gaps().empty());
  // From the middle of a frame, backwards, as a consumer that read too far does.
  for (log::Offset from = 179; from > 0; from -= 7) {
    const auto some = past->read(Topic::events_raw, 0, from, 1);
    ASSERT_TRUE(some.ok());
    EXPECT_EQ(some->front().base, from / 3 * 3);
    if (from < 7) break;
  }
}

TEST_F(ReplayLogTest, AMissingSegmentIsAGapThatIsTold) {
  const log::Offset from = *segment_base(archived_[1].name);
  const log::Offset upto = *segment_base(archived_[2].name);
  ASSERT_TRUE(files_.remove("/archive/events.raw/" + archived_[1].name).ok());
  const auto past = replay();
  const auto stopped = read_all(*past);
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, "gm-log-offset-gone");
  EXPECT_EQ(past->begin(Topic::events_raw, 0), upto);
  EXPECT_TRUE(read_all(*past, upto).ok());
  const auto gaps = past->gaps();
  ASSERT_EQ(gaps.size(), 1u);
  EXPECT_EQ(gaps[0].from, from);
  EXPECT_EQ(gaps[0].upto, upto);
}

TEST_F(ReplayLogTest, AnEmptyArchiveIsAGapUpToTheLog) {
  for (const auto& entry : archived_) ASSERT_TRUE(files_.remove("/archive/events.raw/" + entry.name).ok());
  const auto past = replay();
  EXPECT_FALSE(past->read(Topic::events_raw, 0, 0, 1).ok());
  EXPECT_EQ(past->begin(Topic::events_raw, 0), log_->begin(Topic::events_raw, 0));
  EXPECT_TRUE(read_all(*past, past->begin(Topic::events_raw, 0)).ok());
}

}  // namespace
}  // namespace gm::embedded
