#include "adapters/sqlite/metadata.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace gm::sqlite {
namespace {

class MetadataTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ =
        std::filesystem::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    path_ = (directory_ / "metadata.sqlite").string();
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::filesystem::path directory_;
  std::string path_;
};

TEST_F(MetadataTest, KeepsProjectsAndKeysAcrossReopening) {
  {
    auto store = open_metadata(path_);
    ASSERT_TRUE(store.ok()) << store.error().message;
    auto project = (*store)->create_project("Space Miner", "Europe/Berlin", "EUR", 1000);
    ASSERT_TRUE(project.ok());
    ASSERT_TRUE(
        (*store)
            ->create_key(project->id, security::KeyKind::project, {"", std::string(32, '\0'), "gm_pk_abc", ""}, 1001)
            .ok());
  }
  auto store = open_metadata(path_);
  ASSERT_TRUE(store.ok());
  const auto projects = (*store)->projects();
  ASSERT_TRUE(projects.ok());
  ASSERT_EQ(projects->size(), 1u);
  EXPECT_EQ((*projects)[0].name, "Space Miner");
  EXPECT_EQ((*projects)[0].time_zone, "Europe/Berlin");
  const auto keys = (*store)->keys();
  ASSERT_TRUE(keys.ok());
  ASSERT_EQ(keys->size(), 1u);
  EXPECT_EQ((*keys)[0].hash, std::string(32, '\0'));
  EXPECT_EQ((*keys)[0].kind, security::KeyKind::project);
  EXPECT_FALSE((*keys)[0].revoked_ms);
}

TEST_F(MetadataTest, RevokingKeepsTheFirstMoment) {
  auto store = open_metadata(path_);
  ASSERT_TRUE(store.ok());
  const auto project = (*store)->create_project("g", "UTC", "USD", 1);
  ASSERT_TRUE(project.ok());
  const auto key = (*store)->create_key(project->id, security::KeyKind::write, {"", "h", "p", ""}, 1);
  ASSERT_TRUE(key.ok());
  ASSERT_TRUE((*store)->revoke_key(key->id, 5).ok());
  ASSERT_TRUE((*store)->revoke_key(key->id, 9).ok());
  EXPECT_EQ((*(*store)->keys())[0].revoked_ms, 5);
  EXPECT_EQ((*store)->revoke_key(99, 9).error().code, "gm-key-unknown");
}

TEST_F(MetadataTest, TheSameHashTwiceIsRefused) {
  auto store = open_metadata(path_);
  ASSERT_TRUE(store.ok());
  const auto project = (*store)->create_project("g", "UTC", "USD", 1);
  ASSERT_TRUE((*store)->create_key(project->id, security::KeyKind::write, {"", "h", "p", ""}, 1).ok());
  EXPECT_EQ((*store)->create_key(project->id, security::KeyKind::write, {"", "h", "p", ""}, 1).error().code,
            "gm-metadata-unavailable");
}

TEST_F(MetadataTest, TwoProcessesMayHoldItOpen) {
  auto first = open_metadata(path_);
  auto second = open_metadata(path_);
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(second.ok());
  ASSERT_TRUE((*first)->create_project("g", "UTC", "USD", 1).ok());
  EXPECT_EQ((*second)->projects()->size(), 1u);
}

TEST_F(MetadataTest, ACheckMakesNoFileAndTellsWhatIsWrong) {
  {
    auto store = open_metadata(path_);
    ASSERT_TRUE((*store)->create_project("g", "UTC", "USD", 1).ok());
  }
  EXPECT_TRUE(check_metadata(path_).ok());
  const auto files = std::distance(std::filesystem::directory_iterator(directory_), {});
  EXPECT_EQ(files, 1) << "a read-only look left files behind";
  std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(60);
  file.write("\0\0\0\x63", 4);  // user_version, big-endian
  file.close();
  EXPECT_EQ(check_metadata(path_).error().code, "gm-metadata-too-new");
  std::ofstream(path_) << std::string(4096, 'x');
  EXPECT_EQ(check_metadata(path_).error().code, "gm-metadata-unavailable");
}

TEST_F(MetadataTest, NonsenseInPlaceOfTheFileIsReported) {
  std::ofstream(path_) << std::string(4096, 'x');
  const auto store = open_metadata(path_);
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, "gm-metadata-unavailable");
}

}  // namespace
}  // namespace gm::sqlite
