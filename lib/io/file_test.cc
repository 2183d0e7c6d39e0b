#include "lib/io/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "lib/io/faulty_file.h"

namespace gm::io {
namespace {

using testing::ElementsAre;

// Both file systems keep the same contract.
class FileSystemTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) {
      root = std::filesystem::temp_directory_path() / ("gm_file_test_" + std::to_string(getpid()));
      std::filesystem::remove_all(root);
      files = std::make_unique<PosixFileSystem>();
    } else {
      root = "/root";
      files = std::make_unique<FaultyFileSystem>();
    }
    ASSERT_TRUE(files->make_directories(root + "/a/b").ok());
  }
  void TearDown() override {
    if (GetParam()) std::filesystem::remove_all(root);
  }
  std::unique_ptr<File> create(const std::string& name) {
    auto file = files->open(root + "/" + name, OpenMode::create);
    EXPECT_TRUE(file.ok()) << file.error().message;
    return file.ok() ? std::move(*file) : nullptr;
  }

  std::string root;
  std::unique_ptr<FileSystem> files;
};

TEST_P(FileSystemTest, maps_a_file_and_keeps_its_bytes_after_it_was_removed) {
  ASSERT_TRUE(create("f")->write_at("mapped", 0).ok());
  auto mapping = files->map(root + "/f");
  ASSERT_TRUE(mapping.ok()) << mapping.error().message;
  ASSERT_TRUE(files->remove(root + "/f").ok());
  EXPECT_EQ((*mapping)->bytes(), "mapped");
  EXPECT_EQ(files->map(root + "/f").error().code, kNotFound);
  create("empty");
  EXPECT_EQ((*files->map(root + "/empty"))->bytes(), "");
}

TEST_P(FileSystemTest, gathers_writes_and_reads_back) {
  auto file = create("f");
  std::vector<std::string> strings;
  std::vector<std::string_view> parts;
  std::string whole = "....";
  for (int i = 0; i < 3000; ++i)
    strings.push_back(std::string(static_cast<size_t>(i % 5), static_cast<char>('a' + i % 26)));
  for (const std::string& one : strings) {
    parts.push_back(one);
    whole += one;
  }
  ASSERT_TRUE(file->write_at("....", 0).ok());
  ASSERT_TRUE(file->write_at(parts, 4).ok());
  ASSERT_TRUE(file->append("end").ok());
  whole += "end";
  EXPECT_EQ(*file->size(), whole.size());
  std::string read(whole.size() + 10, '\0');
  EXPECT_EQ(*file->read_at(read, 0), whole.size());
  EXPECT_EQ(read.substr(0, whole.size()), whole);
  EXPECT_EQ(*file->read_at(read, whole.size()), 0u);
  ASSERT_TRUE(file->truncate(2).ok());
  EXPECT_TRUE(file->sync_data().ok());
  EXPECT_EQ(*read_file(*files, root + "/f", 10), "..");
  EXPECT_EQ(read_file(*files, root + "/f", 1).error().code, kFailed);
}

TEST_P(FileSystemTest, open_modes_and_missing_names) {
  EXPECT_EQ(files->open(root + "/none", OpenMode::read).error().code, kNotFound);
  EXPECT_EQ(files->open(root + "/none", OpenMode::update).error().code, kNotFound);
  EXPECT_EQ(files->open(root + "/no/folder", OpenMode::create).error().code, kNotFound);
  EXPECT_EQ(files->open(root + "/a", OpenMode::read).error().code, kNotFound) << "a folder is no file";
  create("f");
  EXPECT_EQ(files->open(root + "/f", OpenMode::create).error().code, kExists);
  EXPECT_FALSE((*files->open(root + "/f", OpenMode::read))->write_at("x", 0).ok());
  EXPECT_TRUE((*files->open(root + "/f", OpenMode::update))->write_at("x", 0).ok());
  EXPECT_EQ(files->remove(root + "/none").error().code, kNotFound);
  EXPECT_EQ(files->rename(root + "/none", root + "/x").error().code, kNotFound);
  EXPECT_EQ(files->list(root + "/none").error().code, kNotFound);
}

TEST_P(FileSystemTest, lists_renames_and_removes) {
  create("z");
  create("a/inner");
  EXPECT_THAT(*files->list(root), ElementsAre(DirectoryEntry{"a", true}, DirectoryEntry{"z", false}));
  ASSERT_TRUE(files->rename(root + "/z", root + "/y").ok());
  EXPECT_THAT(*files->list(root + "/a"), ElementsAre(DirectoryEntry{"b", true}, DirectoryEntry{"inner", false}));
  ASSERT_TRUE(files->remove(root + "/y").ok());
  EXPECT_THAT(*files->list(root), ElementsAre(DirectoryEntry{"a", true}));
  EXPECT_TRUE(files->sync_directory(root).ok());
  EXPECT_GT(*files->free_bytes(root), 0u);
}

TEST_P(FileSystemTest, a_lock_has_one_holder) {
  auto lock = files->lock(root + "/LOCK");
  ASSERT_TRUE(lock.ok());
  EXPECT_EQ(files->lock(root + "/LOCK").error().code, kLocked);
  lock->reset();
  EXPECT_TRUE(files->lock(root + "/LOCK").ok());
}

TEST_P(FileSystemTest, replaces_whole_files) {
  ASSERT_TRUE(replace_file(*files, root + "/f", "one").ok());
  ASSERT_TRUE(replace_file(*files, root + "/f", "two").ok());
  EXPECT_EQ(*read_file(*files, root + "/f", 100), "two");
  EXPECT_THAT(*files->list(root), ElementsAre(DirectoryEntry{"a", true}, DirectoryEntry{"f", false}));
}

INSTANTIATE_TEST_SUITE_P(Kinds, FileSystemTest, testing::Values(true, false),
                         [](const testing::TestParamInfo<bool>& tested) { return tested.param ? "posix" : "faulty"; });

TEST(ParentDirectory, of_paths) {
  EXPECT_EQ(parent_directory("a/b/c"), "a/b");
  EXPECT_EQ(parent_directory("c"), ".");
  EXPECT_EQ(parent_directory("/c"), "/");
}

struct Disk {
  explicit Disk(uint64_t seed) : files(seed) { static_cast<void>(files.make_directories("/d")); }
  std::unique_ptr<File> create() {
    auto file = files.open("/d/f", OpenMode::create);
    EXPECT_TRUE(files.sync_directory("/d").ok());
    return std::move(*file);
  }
  void power_cycle() {
    files.lose_power();
    files.restart();
  }
  FaultyFileSystem files;
};

TEST(FaultyFile, keeps_what_was_synced_and_loses_the_rest_in_every_way) {
  bool none = false, all = false, part = false;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Disk disk(seed);
    auto file = disk.create();
    ASSERT_TRUE(file->write_at("safe", 0).ok());
    ASSERT_TRUE(file->sync_data().ok());
    ASSERT_TRUE(file->write_at(std::string(4096, 'u'), 4).ok());
    disk.power_cycle();
    EXPECT_FALSE(file->sync_data().ok()) << "the handle died with the power";
    const std::string left = disk.files.content("/d/f");
    ASSERT_EQ(left.substr(0, 4), "safe");
    none |= left.size() == 4;
    all |= left == "safe" + std::string(4096, 'u');
    part |= left.size() > 4 && left != "safe" + std::string(4096, 'u');
  }
  EXPECT_TRUE(none && all && part);
}

TEST(FaultyFile, a_name_survives_for_sure_only_after_sync_directory) {
  bool lost = false, kept = false;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    Disk disk(seed);
    auto file = disk.create();
    ASSERT_TRUE(disk.files.rename("/d/f", "/d/g").ok());
    disk.power_cycle();
    const bool renamed = disk.files.exists("/d/g");
    EXPECT_NE(renamed, disk.files.exists("/d/f"));
    lost |= !renamed;
    kept |= renamed;
  }
  EXPECT_TRUE(lost && kept);
}

TEST(FaultyFile, a_failed_sync_forgets_the_pages_even_if_the_next_succeeds) {
  Disk disk(1);
  auto file = disk.create();
  ASSERT_TRUE(file->write_at("gone", 0).ok());
  disk.files.fail_call(1, Fault::io_error);
  EXPECT_FALSE(file->sync_data().ok());
  EXPECT_TRUE(file->sync_data().ok());
  EXPECT_EQ(disk.files.content("/d/f"), "gone") << "still in the page cache";
  disk.power_cycle();
  EXPECT_EQ(disk.files.content("/d/f"), "");
}

TEST(FaultyFile, faults_hit_the_ordered_call_only) {
  Disk disk(1);
  auto file = disk.create();
  disk.files.fail_call(2, Fault::no_space);
  EXPECT_TRUE(file->write_at("a", 0).ok());
  EXPECT_EQ(file->write_at("b", 1).error().code, kNoSpace);
  EXPECT_TRUE(file->write_at("c", 1).ok());
  EXPECT_EQ(disk.files.calls(), 3u);
  EXPECT_EQ(disk.files.content("/d/f"), "ac");
  disk.files.fail_call(1, Fault::short_write);
  EXPECT_EQ(file->write_at(std::string(100, 'x'), 2).error().code, kNoSpace);
  EXPECT_LT(disk.files.content("/d/f").size(), 103u);
}

TEST(FaultyFile, a_full_disk_takes_what_fits) {
  Disk disk(1);
  disk.files.set_capacity(10);
  auto file = disk.create();
  EXPECT_EQ(file->write_at("0123456789ABC", 0).error().code, kNoSpace);
  EXPECT_EQ(disk.files.content("/d/f"), "0123456789");
  EXPECT_EQ(*disk.files.free_bytes("/d"), 0u);
  EXPECT_TRUE(file->write_at("x", 3).ok()) << "overwriting needs no space";
  disk.files.set_capacity(20);
  EXPECT_TRUE(file->append("more").ok());
}

TEST(FaultyFile, bits_flip) {
  Disk disk(1);
  disk.files.put("/d/x", "A");
  disk.files.flip_bit("/d/x", 0, 1);
  EXPECT_EQ(disk.files.content("/d/x"), "C");
}

}  // namespace
}  // namespace gm::io
