#include "adapters/sqlite/kept.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace gm::sqlite {
namespace {

const ProjectId kGame = ProjectId::from_stored(1);
const ProjectId kOther = ProjectId::from_stored(2);

struct KeptTest : testing::Test {
  KeptTest() {
    std::filesystem::create_directories(folder);
    open();
  }
  ~KeptTest() override {
    store.reset();
    std::filesystem::remove_all(folder);
  }
  void open() {
    store.reset();
    auto opened = open_kept((folder / "kept.sqlite").string());
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    store = std::move(*opened);
  }
  std::vector<std::string> bodies(ProjectId project = kGame, std::string_view kind = "note") {
    std::vector<std::string> all;
    const auto items = store->kept(project, kind);
    for (const store::KeptItem& item : items.value()) all.push_back(item.body);
    return all;
  }
  Status keep(const std::string& id, const std::string& body, int64_t most = 10) {
    return store->keep(kGame, "note", {id, body, 5, "key:1"}, most);
  }

  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("gm_kept_" + std::to_string(::getpid()));
  std::unique_ptr<store::KeptStore> store;
};

using Texts = std::vector<std::string>;

TEST_F(KeptTest, IsThereAfterARestartInTheOrderOfKeeping) {
  ASSERT_TRUE(keep("b", "1").ok());
  ASSERT_TRUE(keep("a", "2").ok());
  ASSERT_TRUE(keep("b", "3").ok());
  open();
  EXPECT_EQ(bodies(), (Texts{"3", "2"}));
  const auto first = store->kept(kGame, "note").value().front();
  EXPECT_EQ(first.id, "b");
  EXPECT_EQ(first.changed_ms, 5);
  EXPECT_EQ(first.changed_by, "key:1");
}

TEST_F(KeptTest, ProjectsAndKindsAreApart) {
  ASSERT_TRUE(keep("a", "mine").ok());
  ASSERT_TRUE(store->keep(kOther, "note", {"a", "theirs", 1, "key:2"}, 10).ok());
  ASSERT_TRUE(store->keep(kGame, "board", {"a", "a board", 1, "key:1"}, 10).ok());
  EXPECT_EQ(bodies(), Texts{"mine"});
  EXPECT_EQ(bodies(kOther), Texts{"theirs"});
  EXPECT_EQ(store->forget(kOther, "board", "a").error().code, "gm-kept-unknown");
  ASSERT_TRUE(store->forget(kGame, "note", "a").ok());
  EXPECT_EQ(bodies(), Texts{});
  EXPECT_EQ(bodies(kOther), Texts{"theirs"});
  EXPECT_EQ(bodies(kGame, "board"), Texts{"a board"});
}

TEST_F(KeptTest, WhatIsFullTakesChangesButNothingMore) {
  ASSERT_TRUE(keep("a", "1", 2).ok());
  ASSERT_TRUE(keep("b", "2", 2).ok());
  EXPECT_EQ(keep("c", "3", 2).error().code, "gm-kept-full");
  EXPECT_TRUE(keep("b", "4", 2).ok());
  EXPECT_EQ(bodies(), (Texts{"1", "4"}));
}

}  // namespace
}  // namespace gm::sqlite
