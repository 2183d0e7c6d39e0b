#include "cmd/gamemetrics/sealing_key.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace gm::gamemetrics {
namespace {

class SealingKeyTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ =
        std::filesystem::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    settings_ = config::Settings::defaults();
    ASSERT_TRUE(settings_.set("data_dir", directory_.string(), "test").ok());
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  Result<std::string> load() { return load_sealing_key(settings_, files_, random_); }
  std::string given(const std::string& text) {
    const std::string path = (directory_ / "given").string();
    EXPECT_TRUE(io::replace_file(files_, path, text).ok());
    EXPECT_TRUE(settings_.set("users.sealing_key_file", path, "test").ok());
    const auto key = load();
    return key ? *key : key.error().code;
  }

  std::filesystem::path directory_;
  config::Settings settings_;
  io::PosixFileSystem files_;
  SeededRandom random_{1};
};

TEST_F(SealingKeyTest, IsMadeOnceAndKept) {
  const auto made = load();
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_EQ(made->size(), 52u);
  EXPECT_EQ(load().value(), *made);
  EXPECT_TRUE(std::filesystem::exists(directory_ / "sealing.key"));
}

TEST_F(SealingKeyTest, IsTheFirstLineOfTheGivenFile) {
  EXPECT_EQ(given("abcdefghijklmnopqrstuvwxyz\r\nmore\n"), "abcdefghijklmnopqrstuvwxyz");
  EXPECT_EQ(given("too short"), "gm-config-invalid-value");
  EXPECT_FALSE(std::filesystem::exists(directory_ / "sealing.key"));
}

TEST_F(SealingKeyTest, AFileThatIsNotThereIsNotMadeElsewhere) {
  ASSERT_TRUE(settings_.set("users.sealing_key_file", (directory_ / "none").string(), "test").ok());
  EXPECT_EQ(load().error().code, "gm-config-invalid-value");
}

TEST_F(SealingKeyTest, ADamagedOwnKeyIsNotReplaced) {
  ASSERT_TRUE(io::replace_file(files_, (directory_ / "sealing.key").string(), "cut\n").ok());
  EXPECT_EQ(load().error().code, "gm-config-invalid-value");
}

}  // namespace
}  // namespace gm::gamemetrics
