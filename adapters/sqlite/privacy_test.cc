#include "adapters/sqlite/privacy.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace gm::sqlite {
namespace {

const ProjectId kGame = ProjectId::from_stored(1);
constexpr std::string_view kHim = "anna-of-the-marker";

struct PrivacyTest : testing::Test {
  PrivacyTest() {
    std::filesystem::create_directories(folder);
    open();
  }
  ~PrivacyTest() override {
    store.reset();
    std::filesystem::remove_all(folder);
  }
  void open() {
    store.reset();
    auto opened = open_privacy((folder / "privacy.sqlite").string(), random);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    store = std::move(*opened);
  }
  bool is_in_a_file(std::string_view text) const {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes((std::istreambuf_iterator<char>(file)), {});
      if (bytes.find(text) != std::string::npos) return true;
    }
    return false;
  }
  store::PrivacyRequest request(const std::string& id) const {
    store::PrivacyRequest made;
    made.id = id;
    made.project = kGame;
    made.player = kHim;
    made.received_ms = 1000;
    made.due_ms = 2000;
    made.key = 7;
    return made;
  }

  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("gm_privacy_" + std::to_string(getpid()));
  SystemRandom random;
  std::unique_ptr<store::PrivacyStore> store;
};

TEST_F(PrivacyTest, ARequestIsKeptUntilItIsDoneAndThenForgetsWhomItWasAbout) {
  ASSERT_TRUE(store->add(request("one")).ok());
  store::PrivacyRequest known = request("one");
  for (int i = 0; i < 300; ++i) known.ids.push_back(std::string(kHim) + "/" + std::to_string(i));
  const security::ErasedIds erased(*store->erasure_key());
  const security::ErasedMark mark = erased.mark_of(kGame, kHim);
  ASSERT_TRUE(store->note_ids(known, {mark}, 1500).ok());
  ASSERT_TRUE(store->note_place("one", {"store", 12, 1600}).ok());
  ASSERT_TRUE(store->note_trouble("one", "log: full").ok());
  open();
  const auto open_ones = store->open_requests();
  ASSERT_EQ(open_ones->size(), 1u);
  EXPECT_EQ(open_ones->front().state, store::PrivacyState::running);
  EXPECT_EQ(open_ones->front().ids, known.ids);
  EXPECT_EQ(open_ones->front().trouble, "log: full");
  EXPECT_TRUE(is_in_a_file(kHim));

  ASSERT_TRUE(store->finish(known, 1700).ok());
  EXPECT_FALSE(is_in_a_file(kHim));
  EXPECT_TRUE(store->open_requests()->empty());
  const auto done = store->find(kGame, "one");
  ASSERT_TRUE(done->has_value());
  EXPECT_EQ((*done)->state, store::PrivacyState::done);
  EXPECT_EQ((*done)->ids_found, 300);
  EXPECT_EQ((*done)->player, "");
  EXPECT_EQ((*done)->finished_ms, 1700);
  EXPECT_EQ(store->places("one")->front().items, 12);
  open();
  ASSERT_EQ(store->erased()->size(), 1u);
  EXPECT_EQ(store->erased()->front().mark.hash, mark.hash);
  EXPECT_EQ(security::ErasedIds(*store->erasure_key()).mark_of(kGame, kHim).hash, mark.hash) << "the key is kept";
}

TEST_F(PrivacyTest, OthersProjectsRequestsAreNotFound) {
  ASSERT_TRUE(store->add(request("one")).ok());
  ASSERT_TRUE(store->add(request("two")).ok());
  EXPECT_FALSE(store->add(request("one")).ok());
  EXPECT_FALSE(store->find(ProjectId::from_stored(2), "one")->has_value());
  EXPECT_TRUE(store->requests(ProjectId::from_stored(2), 10)->empty());
  ASSERT_EQ(store->requests(kGame, 1)->size(), 1u);
  EXPECT_EQ(store->requests(kGame, 1)->front().id, "two");
}

TEST_F(PrivacyTest, AnExportKnowsWhomItIsAboutForAsLongAsItsFileIsKept) {
  store::PrivacyRequest known = request("copy");
  known.kind = store::PrivacyKind::data_export;
  known.ids = {std::string(kHim), std::string(kHim) + "/2"};
  ASSERT_TRUE(store->add(known).ok());
  ASSERT_TRUE(store->note_ids(known, {}, 1500).ok());
  ASSERT_TRUE(store->note_file("copy", {123, "ab12", 9000}).ok());
  EXPECT_TRUE(store->remembered()->empty()) << "not done yet";
  ASSERT_TRUE(store->finish(known, 1700).ok());
  open();
  ASSERT_EQ(store->remembered()->size(), 1u);
  const store::PrivacyRequest kept = store->remembered()->front();
  EXPECT_EQ(kept.ids, known.ids);
  EXPECT_EQ(kept.file->bytes, 123u);
  EXPECT_EQ(kept.file->sha256, "ab12");
  EXPECT_EQ(kept.file->expires_ms, 9000);
  EXPECT_TRUE(store->erased()->empty());

  ASSERT_TRUE(store->forget("copy").ok());
  EXPECT_FALSE(is_in_a_file(kHim));
  EXPECT_TRUE(store->remembered()->empty());
  const auto gone = store->find(kGame, "copy");
  EXPECT_EQ((*gone)->state, store::PrivacyState::done);
  EXPECT_FALSE((*gone)->file.has_value());
}

TEST_F(PrivacyTest, ARestrictionIsInForceUntilItIsForgotten) {
  const security::ErasedIds erased(*store->erasure_key());
  for (const auto kind : {store::PrivacyKind::restriction, store::PrivacyKind::objection}) {
    store::PrivacyRequest known = request(kind == store::PrivacyKind::objection ? "objection" : "restriction");
    known.kind = kind;
    known.ids = {std::string(kHim)};
    ASSERT_TRUE(store->add(known).ok());
    ASSERT_TRUE(store->note_ids(known, {erased.mark_of(kGame, kHim)}, 1500).ok());
    ASSERT_TRUE(store->finish(known, 1700).ok());
  }
  open();
  EXPECT_TRUE(store->erased()->empty());
  EXPECT_EQ(store->kept_out()->size(), 2u);
  EXPECT_EQ(store->remembered()->size(), 2u);
  ASSERT_TRUE(store->forget("restriction").ok());
  ASSERT_EQ(store->kept_out()->size(), 1u) << "each request has marks of its own";
  EXPECT_EQ(store->kept_out()->front().why, store::PrivacyKind::objection);
  ASSERT_TRUE(store->forget("objection").ok());
  EXPECT_FALSE(is_in_a_file(kHim));
  EXPECT_TRUE(store->remembered()->empty());
}

TEST_F(PrivacyTest, WhatWasPutRightIsForgottenWhenItIsDone) {
  store::PrivacyRequest known = request("right");
  known.kind = store::PrivacyKind::rectify;
  known.correction = R"({"country":"AT-of-the-marker"})";
  ASSERT_TRUE(store->add(known).ok());
  open();
  EXPECT_EQ(store->open_requests()->front().correction, known.correction);
  EXPECT_TRUE(is_in_a_file("AT-of-the-marker"));
  ASSERT_TRUE(store->finish(known, 1700).ok());
  EXPECT_FALSE(is_in_a_file("AT-of-the-marker"));
  EXPECT_FALSE(is_in_a_file(kHim));
}

}  // namespace
}  // namespace gm::sqlite
