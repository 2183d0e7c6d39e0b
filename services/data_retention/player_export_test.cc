#include "services/data_retention/player_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "adapters/duckdb/duckdb_store.h"
#include "adapters/duckdb/parquet_file.h"
#include "adapters/embedded/directory_objects.h"
#include "adapters/sqlite/privacy.h"
#include "services/data_retention/row_json.h"

namespace gm::data_retention {
namespace {

const ProjectId kGame = ProjectId::from_stored(1), kOther = ProjectId::from_stored(2);
constexpr int64_t kDayMs = 86'400'000;

template <typename T>
T opened(Result<T> result) {
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().message);
  return std::move(result).value();
}

struct PlayerExportTest : testing::Test {
  PlayerExportTest() {
    std::filesystem::create_directories(folder);
    requests = opened(sqlite::open_privacy((folder / "privacy.sqlite").string(), random));
    store = opened(duckdb::DuckDbStore::open({(folder / "store" / "analytics.duckdb").string(), 256 << 20, 1, 100}));
    lists = opened(KeptOutLists::load(*requests));
    made();
  }
  ~PlayerExportTest() override { std::filesystem::remove_all(folder); }

  void made() {
    exports.emplace(PlayerExport::Dependencies{*requests, *lists, *store, parquet, *objects, files, clock,
                                               (folder / "making").string(), [](int64_t) { return true; },
                                               [](ProjectId, const std::string& id) {
                                                 return Result(std::vector<std::string>{id, id + "-device"});
                                               }},
                    settings);
  }
  store::PrivacyRequest ask(const std::string& id, const std::string& player, ProjectId project = kGame) {
    store::PrivacyRequest request;
    request.id = id;
    request.project = project;
    request.kind = store::PrivacyKind::data_export;
    request.player = player;
    request.received_ms = clock.now_ms();
    EXPECT_TRUE(requests->add(request).ok());
    return request;
  }
  std::string run(const store::PrivacyRequest& request) {
    const auto trouble = exports->run(request, {});
    return trouble ? std::string(trouble->place) + ": " + trouble->error.code : "done";
  }
  std::vector<std::string> names() {
    std::vector<std::string> found;
    const auto listed = objects->list("");
    for (const auto& one : *listed) found.push_back(one.name);
    return found;
  }
  size_t being_made() {
    const auto entries = files.list((folder / "making").string());
    return entries ? entries->size() : 0;
  }

  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("gm_export_" + std::to_string(getpid()));
  SystemRandom random;
  ManualClock clock{1'790'000'000'000};
  io::PosixFileSystem files;
  PrivacySettings settings{.export_keep_ms = 7 * kDayMs,
                           .export_bytes_max = 1 << 20,
                           .downloads_max = 1,
                           .page_rows_max = 2,
                           .page_timeout_ms = 10'000};
  std::unique_ptr<store::PrivacyStore> requests;
  std::unique_ptr<duckdb::DuckDbStore> store;
  duckdb::ParquetFile parquet{64 << 20};
  std::unique_ptr<store::ObjectStore> objects =
      std::make_unique<embedded::DirectoryObjects>(files, (folder / "objects").string());
  std::unique_ptr<KeptOutLists> lists;
  std::optional<PlayerExport> exports;
};

TEST_F(PlayerExportTest, AFileIsKeptForItsTimeAndThenNobodyKnowsWhomItWasAbout) {
  ASSERT_EQ(run(ask("one", "anna")), "done");
  EXPECT_THAT(names(), testing::ElementsAre("privacy/1/one.player-data.zip"));
  EXPECT_EQ(being_made(), 0u);
  const auto kept = *requests->find(kGame, "one");
  EXPECT_EQ(kept->state, store::PrivacyState::done);
  EXPECT_EQ(kept->file->bytes, (*objects->list(""))[0].bytes);
  EXPECT_EQ(kept->ids, (std::vector<std::string>{"anna", "anna-device"}));

  clock.advance_ms(7 * kDayMs - 1);
  ASSERT_TRUE(exports->remove_expired().ok());
  EXPECT_EQ(names().size(), 1u);
  clock.advance_ms(1);
  ASSERT_TRUE(exports->remove_expired().ok());
  EXPECT_TRUE(names().empty());
  const auto gone = *requests->find(kGame, "one");
  EXPECT_EQ(gone->state, store::PrivacyState::done);
  EXPECT_EQ(gone->player, "");
  EXPECT_FALSE(gone->file.has_value());
}

TEST_F(PlayerExportTest, AnErasureTakesFilesAndWhatIsBeingMadeOfHimAndNobodyElses) {
  ASSERT_EQ(run(ask("his", "anna")), "done");
  ASSERT_EQ(run(ask("namesake", "anna", kOther)), "done");
  ASSERT_EQ(run(ask("neighbour", "ben")), "done");
  ask("open", "anna-device");
  const auto removed = exports->remove_of(kGame, {"anna-device"});
  ASSERT_TRUE(removed.ok());
  EXPECT_EQ(*removed, 2);
  EXPECT_THAT(names(),
              testing::ElementsAre("privacy/1/neighbour.player-data.zip", "privacy/2/namesake.player-data.zip"));
  EXPECT_TRUE(requests->open_requests()->empty());
  EXPECT_EQ((*requests->find(kGame, "open"))->player, "");
}

TEST_F(PlayerExportTest, OfSomebodyWhoWasErasedThereIsNothing) {
  lists->add(store::PrivacyKind::erase, kGame, {lists->mark_of(kGame, "anna")});
  ASSERT_EQ(run(ask("late", "anna")), "done");
  EXPECT_TRUE(names().empty());
  EXPECT_EQ((*requests->find(kGame, "late"))->player, "");
}

TEST_F(PlayerExportTest, WhatIsTooLargeIsNotMadeAndGoesOnWithAnotherLimit) {
  settings.export_bytes_max = 10;
  made();
  const auto request = ask("large", "anna");
  EXPECT_EQ(run(request), "file: gm-privacy-export-too-large");
  EXPECT_TRUE(names().empty());
  settings.export_bytes_max = 1 << 20;
  made();
  EXPECT_EQ(run(requests->open_requests()->front()), "done");
  EXPECT_EQ(being_made(), 0u);
}

TEST_F(PlayerExportTest, AStopEndsItAndTheNextStartGoesOnWhereItWas) {
  std::stop_source stop;
  stop.request_stop();
  const auto trouble = exports->run(ask("cut", "anna"), stop.get_token());
  ASSERT_TRUE(trouble.has_value());
  EXPECT_EQ(trouble->error.code, "gm-processor-stopped");
  const auto open = requests->open_requests()->front();
  EXPECT_EQ(open.state, store::PrivacyState::running);
  EXPECT_EQ(run(open), "done");
}

TEST(RowJsonTest, IsOneObjectWithThePropertiesAsTheyWereSent) {
  using enum store::ColumnKind;
  const std::vector<store::RowColumn> columns = {{"a", text}, {"b", integer}, {"c", number},        {"d", flag},
                                                 {"e", date}, {"f", moment},  {"properties", text}, {"g", text}};
  const std::vector<store::Value> row = {std::string("x\"y"),
                                         int64_t{7},
                                         1.5,
                                         int64_t{1},
                                         Date{0},
                                         store::TimestampMs{1},
                                         std::string(R"({"n":12345678901234567890})"),
                                         {}};
  EXPECT_EQ(row_json(columns, row),
            R"({"a":"x\"y","b":7,"c":1.5,"d":true,"e":"1970-01-01","f":"1970-01-01T00:00:00.001Z",)"
            R"("properties":{"n":12345678901234567890},"g":null})");
  EXPECT_TRUE(nlohmann::json::accept(row_json({{"a", text}}, {std::string("\xff")}))) << "bytes that are no UTF-8";
}

}  // namespace
}  // namespace gm::data_retention
