#include "adapters/sqlite/metadata.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

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

TEST_F(MetadataTest, AProjectCanBeToldInAnotherZoneAndCurrency) {
  auto store = open_metadata(path_);
  auto changes = open_project_changes(path_);
  ASSERT_TRUE(store.ok() && changes.ok());
  const auto changed = (*store)->create_project("g", "UTC", "USD", 1);
  ASSERT_TRUE(changed.ok() && (*store)->create_project("other", "UTC", "USD", 1).ok());
  ASSERT_TRUE((*changes)->set_project(changed->id, "Asia/Tokyo", "JPY").ok());
  const auto projects = (*store)->projects();
  ASSERT_TRUE(projects.ok());
  EXPECT_EQ((*projects)[0].time_zone, "Asia/Tokyo");
  EXPECT_EQ((*projects)[0].currency, "JPY");
  EXPECT_EQ((*projects)[1].time_zone, "UTC");
}

TEST_F(MetadataTest, ANewStoreWaitsFromTheChangeOnUntilItIsTaken) {
  auto store = open_metadata(path_);
  auto changes = open_project_changes(path_);
  ASSERT_TRUE(store.ok() && changes.ok());
  const auto project = (*store)->create_project("g", "UTC", "USD", 1);
  ASSERT_TRUE(project.ok());
  EXPECT_EQ((*changes)->set_project(ProjectId::from_stored(99), "UTC", "USD").error().code, "gm-project-unknown");
  EXPECT_FALSE((*changes)->new_store_waits().value());
  ASSERT_TRUE((*changes)->set_project(project->id, "Asia/Tokyo", "JPY").ok());
  changes = open_project_changes(path_);
  ASSERT_TRUE(changes.ok());
  EXPECT_TRUE((*changes)->new_store_waits().value());
  ASSERT_TRUE((*changes)->new_store_taken().ok());
  EXPECT_FALSE((*changes)->new_store_waits().value());
}

TEST_F(MetadataTest, RatesOfABaseAreKeptByCurrencyAndDay) {
  auto changes = open_project_changes(path_);
  ASSERT_TRUE(changes.ok());
  const auto before = (*changes)->rates_revision();
  const std::vector<event::Rate> first = {{"EUR", Date{20'000}, 1'100'000'000}, {"JPY", Date{20'000}, 6'500'000}};
  const std::vector<event::Rate> second = {{"EUR", Date{20'000}, 1'200'000'000}, {"EUR", Date{19'000}, 1'000'000'000}};
  ASSERT_TRUE((*changes)->keep_rates("USD", first, false).ok());
  EXPECT_FALSE((*changes)->new_store_waits().value());
  ASSERT_TRUE((*changes)->keep_rates("USD", second, true).ok());
  EXPECT_TRUE((*changes)->new_store_waits().value());
  changes = open_project_changes(path_);
  ASSERT_TRUE(changes.ok());
  const std::vector<event::Rate> kept = {second[1], second[0], first[1]};
  EXPECT_EQ((*changes)->rates("USD").value(), kept);
  EXPECT_TRUE((*changes)->rates("EUR").value().empty());
  EXPECT_EQ((*changes)->rates_revision().value(), before.value() + 2);
}

TEST_F(MetadataTest, DeclaredTypesAreKeptByProjectEventAndProperty) {
  using event::PropertyType;
  auto metadata = open_metadata(path_);
  ASSERT_TRUE(metadata.ok());
  const ProjectId one = ProjectId::from_stored(1), other = ProjectId::from_stored(2);
  event::PropertyTypes number, several;
  number.add(PropertyType::number);
  several.add(PropertyType::string);
  several.add(PropertyType::null);
  const std::vector<store::DeclaredProperty> first = {{"play", "mode", several, store::DeclarationOrigin::frozen, 5},
                                                      {"play", "level", number, {}, 6}};
  auto declarations = open_schema_declarations(path_);
  ASSERT_TRUE(declarations.ok());
  ASSERT_TRUE((*declarations)->declare(one, first, 2).ok());
  const std::vector<store::DeclaredProperty> kept = {first[1], first[0]};
  declarations = open_schema_declarations(path_);
  ASSERT_TRUE(declarations.ok());
  EXPECT_EQ((*declarations)->declared(one).value(), kept);
  EXPECT_TRUE((*declarations)->declared(other).value().empty());

  const store::DeclaredProperty again{"play", "level", several, {}, 7}, third{"pause", "x", number, {}, 8};
  ASSERT_TRUE((*declarations)->declare(one, {&again, 1}, 2).ok()) << "takes the place of the first";
  const auto full = (*declarations)->declare(one, {&third, 1}, 2);
  ASSERT_FALSE(full.ok());
  EXPECT_EQ(full.error().code, "gm-schema-full");
  ASSERT_TRUE((*declarations)->declare(other, {&third, 1}, 2).ok()) << "each project has its own";
  EXPECT_EQ((*declarations)->declared(one).value(), (std::vector<store::DeclaredProperty>{again, first[0]}));
  EXPECT_EQ((*declarations)->forget(one, "play", "level").value(), 1);
  EXPECT_EQ((*declarations)->forget(one, "play", "level").value(), 0);
  EXPECT_EQ((*declarations)->forget(one, "play", std::nullopt).value(), 1);
  EXPECT_EQ((*declarations)->declared(other).value().size(), 1u);
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

TEST_F(MetadataTest, OriginsAreKeptAndReplaced) {
  auto store = open_metadata(path_);
  ASSERT_TRUE(store.ok());
  const auto project = (*store)->create_project("g", "UTC", "USD", 1);
  const auto key = (*store)->create_key(project->id, security::KeyKind::write, {"", "h", "p", ""}, 1);
  ASSERT_TRUE(key.ok());
  const auto origins = [&] { return (*(*store)->keys())[0].origins; };
  EXPECT_TRUE(origins().empty());
  const std::vector<std::string> two = {"https://game.example", "https://*.itch.example"};
  ASSERT_TRUE((*store)->set_key_origins(key->id, two).ok());
  EXPECT_EQ(origins(), two);
  ASSERT_TRUE((*store)->set_key_origins(key->id, {}).ok());
  EXPECT_TRUE(origins().empty());
  EXPECT_EQ((*store)->set_key_origins(99, two).error().code, "gm-key-unknown");
}

// Files as versions 1 and 2 left them.
TEST_F(MetadataTest, OlderFilesAreBroughtUpToDateWithTheirKeys) {
  constexpr const char* kVersion1 = R"sql(
CREATE TABLE projects (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, time_zone TEXT NOT NULL,
  currency TEXT NOT NULL, created_ms INTEGER NOT NULL) STRICT;
CREATE TABLE keys (id INTEGER PRIMARY KEY AUTOINCREMENT, project INTEGER NOT NULL REFERENCES projects(id),
  kind INTEGER NOT NULL, hash BLOB NOT NULL UNIQUE, prefix TEXT NOT NULL, created_ms INTEGER NOT NULL,
  revoked_ms INTEGER) STRICT;
INSERT INTO projects VALUES (1, 'Space Miner', 'UTC', 'USD', 5);
INSERT INTO keys VALUES (1, 1, 1, x'6831', 'gm_wk_abc', 6, NULL), (2, 1, 2, x'6832', 'gm_pk_abc', 7, 8);
PRAGMA user_version = 1;)sql";
  constexpr const char* kVersion2 = R"sql(
ALTER TABLE keys ADD COLUMN secret TEXT NOT NULL DEFAULT '';
INSERT INTO keys VALUES (3, 1, 3, x'6833', 'abc', 9, NULL, 'shh');
PRAGMA user_version = 2;)sql";
  for (const bool from_2 : {false, true}) {
    std::filesystem::remove(path_);
    sqlite3* old = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &old), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(old, kVersion1, nullptr, nullptr, nullptr), SQLITE_OK);
    if (from_2) ASSERT_EQ(sqlite3_exec(old, kVersion2, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(old);
    auto store = open_metadata(path_);
    ASSERT_TRUE(store.ok()) << store.error().message;
    const auto keys = (*store)->keys();
    ASSERT_TRUE(keys.ok());
    ASSERT_EQ(keys->size(), from_2 ? 3u : 2u);
    EXPECT_EQ((*keys)[0].hash, "h1");
    EXPECT_EQ((*keys)[1].revoked_ms, 8);
    for (const store::Key& key : *keys) EXPECT_TRUE(key.origins.empty());
    if (from_2) EXPECT_EQ((*keys)[2].secret, "shh");
    ASSERT_TRUE((*store)->set_key_origins(1, {"https://game.example"}).ok());
    EXPECT_EQ((*(*store)->keys())[0].origins.size(), 1u);
  }
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
