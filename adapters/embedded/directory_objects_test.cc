#include "adapters/embedded/directory_objects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/io/faulty_file.h"

namespace gm::embedded {
namespace {

struct DirectoryObjectsTest : testing::Test {
  io::FaultyFileSystem files;
  DirectoryObjects objects{files, "/data/objects"};

  std::vector<std::string> names(std::string_view prefix) {
    std::vector<std::string> found;
    auto listed = objects.list(prefix);
    EXPECT_TRUE(listed.ok());
    if (listed) {
      for (const auto& one : *listed) found.push_back(one.name);
    }
    return found;
  }
};

TEST_F(DirectoryObjectsTest, puts_gets_lists_and_removes) {
  EXPECT_TRUE(names("").empty());
  ASSERT_TRUE(objects.put("log/events.raw/0001.seg", "one").ok());
  ASSERT_TRUE(objects.put("log/events.raw/0002.seg", "second").ok());
  ASSERT_TRUE(objects.put("models/2026=11/a_b-c", "").ok());
  EXPECT_EQ(*objects.get("log/events.raw/0001.seg"), "one");
  EXPECT_EQ(*objects.get("models/2026=11/a_b-c"), "");
  ASSERT_TRUE(objects.put("log/events.raw/0001.seg", "replaced").ok());
  EXPECT_EQ(*objects.get("log/events.raw/0001.seg"), "replaced");
  EXPECT_THAT(names(""),
              testing::ElementsAre("log/events.raw/0001.seg", "log/events.raw/0002.seg", "models/2026=11/a_b-c"));
  EXPECT_THAT(names("log/events.raw/0002"), testing::ElementsAre("log/events.raw/0002.seg"));
  EXPECT_THAT(names("mod"), testing::ElementsAre("models/2026=11/a_b-c"));
  EXPECT_TRUE(names("models/2027").empty());
  EXPECT_EQ((*objects.list("log/events.raw/0002"))[0].bytes, 6u);
  ASSERT_TRUE(objects.remove("log/events.raw/0001.seg").ok());
  ASSERT_TRUE(objects.remove("log/events.raw/0001.seg").ok());
  EXPECT_EQ(objects.get("log/events.raw/0001.seg").error().code, "gm-object-unknown");
}

TEST_F(DirectoryObjectsTest, reads_a_part_at_a_time) {
  ASSERT_TRUE(objects.put("a", "0123456789").ok());
  EXPECT_EQ(*objects.read("a", 0, 4), "0123");
  EXPECT_EQ(*objects.read("a", 8, 4), "89");
  EXPECT_EQ(*objects.read("a", 10, 4), "");
  EXPECT_EQ(objects.read("b", 0, 4).error().code, "gm-object-unknown");
  EXPECT_EQ(objects.read("../a", 0, 4).error().code, "gm-object-name-invalid");
}

TEST_F(DirectoryObjectsTest, refuses_names_that_could_leave_the_directory) {
  for (const std::string& name :
       {std::string(), std::string("/a"), std::string("a/"), std::string("a//b"), std::string(".."),
        std::string("a/../b"), std::string("."), std::string("a b"), std::string("a\\b"), std::string("a+new"),
        std::string("a\0b", 3), std::string("\xC3\xA4"), std::string(513, 'x')}) {
    EXPECT_EQ(objects.put(name, "x").error().code, "gm-object-name-invalid") << name;
    EXPECT_EQ(objects.get(name).error().code, "gm-object-name-invalid") << name;
    EXPECT_EQ(objects.remove(name).error().code, "gm-object-name-invalid") << name;
  }
  EXPECT_TRUE(objects.put(std::string(512, 'x'), "x").ok());
}

TEST_F(DirectoryObjectsTest, holds_the_old_or_the_new_content_whatever_fails) {
  for (const io::Fault fault :
       {io::Fault::io_error, io::Fault::no_space, io::Fault::short_write, io::Fault::power_loss}) {
    for (uint64_t k = 1;; ++k) {
      io::FaultyFileSystem disk(k);
      DirectoryObjects store(disk, "/data/objects");
      ASSERT_TRUE(store.put("a", "old").ok());
      disk.fail_call(k, fault);
      const bool put = store.put("a", "new").ok();
      const bool reached = disk.calls() >= k;
      disk.lose_power();
      disk.restart();
      auto left = store.get("a");
      ASSERT_TRUE(left.ok()) << left.error().message;
      EXPECT_TRUE(*left == "new" || (!put && *left == "old")) << *left;
      ASSERT_TRUE(store.put("a", "newer").ok()) << "a leftover must not be in the way";
      EXPECT_EQ((*store.list("")).size(), 1u);
      if (!reached) break;
    }
  }
}

}  // namespace
}  // namespace gm::embedded
