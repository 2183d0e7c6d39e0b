// The log on a real disk of one mebibyte. Needs the right to mount, which a container may lack: then it is skipped by
// name.

#include <gtest/gtest.h>
#include <sys/mount.h>

#include <filesystem>

#include "adapters/embedded/log_fixture.h"

namespace gm::embedded {
namespace {

class SmallDisk {
 public:
  SmallDisk() : path_(std::filesystem::temp_directory_path() / ("gm_small_disk_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
    mounted_ = mount("tmpfs", path_.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "size=1048576") == 0;
  }
  ~SmallDisk() {
    if (mounted_) umount2(path_.c_str(), MNT_DETACH);
    std::filesystem::remove(path_);
  }
  bool mounted() const { return mounted_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool mounted_ = false;
};

void fill_and_recover(uint64_t disk_free_min) {
  SmallDisk disk;
  if (!disk.mounted()) GTEST_SKIP() << "mounting a tmpfs is not permitted here";
  io::PosixFileSystem files;
  ManualClock clock(kTestNow);
  LogSettings settings = small_log(disk.path() + "/log");
  settings.segment_bytes = 100'000;
  settings.disk_free_min = disk_free_min;
  settings.retention_ms = 0;
  const std::string payload(10'000, 'd');
  log::Offset accepted = 0;
  {
    auto log = EmbeddedLog::open(settings, files, clock, nullptr);
    ASSERT_TRUE(log.ok()) << log.error().message;
    for (int i = 0; i < 200; ++i) {
      auto answer = append(**log, payload, 1);
      if (answer) {
        EXPECT_EQ(*answer, accepted++);
      } else {
        EXPECT_EQ(answer.error().code, "gm-log-full");
      }
    }
    EXPECT_FALSE((*log)->failed());
  }
  EXPECT_GT(accepted, 50u);
  EXPECT_LT(accepted, 105u);
  EXPECT_GE(*files.free_bytes(disk.path()), disk_free_min > 0 ? disk_free_min - 4096 : 0);
  auto log = EmbeddedLog::open(settings, files, clock, nullptr);
  ASSERT_TRUE(log.ok()) << "a full disk must not keep the log from starting: " << log.error().message;
  EXPECT_EQ((*log)->end(log::Topic::events_raw, 0), accepted);
  EXPECT_EQ(read_all(**log, 0, 50'000)->size(), accepted);
  EXPECT_EQ(append(**log, std::string(200'000, 'd'), 1).error().code, "gm-log-full");
  ASSERT_TRUE((*log)->release(log::Topic::events_raw, 0, accepted).ok());
  const log::Offset begin = (*log)->begin(log::Topic::events_raw, 0);
  EXPECT_GT(begin, 0u);
  auto again = append(**log, payload, 1);
  ASSERT_TRUE(again.ok()) << "space came back: " << again.error().message;
  EXPECT_EQ(*again, accepted);
  EXPECT_EQ(read_all(**log, begin, 50'000)->size(), accepted - begin + 1);
}

TEST(LogDiskFull, without_a_watermark_refuses_reopens_and_recovers) { fill_and_recover(0); }
TEST(LogDiskFull, with_a_watermark_stops_above_it_and_recovers) { fill_and_recover(200'000); }

}  // namespace
}  // namespace gm::embedded
