// Stores as earlier versions wrote them (testdata/, compressed) have to open and go on.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "adapters/duckdb/duckdb_store.h"
#include "lib/codec/zstd.h"

namespace gm::duckdb {
namespace {

constexpr int64_t kTimeoutMs = 60'000;
const ProjectId kProject = ProjectId::from_stored(1);

class MigrationTest : public ::testing::Test {
 protected:
  ~MigrationTest() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  void open(const std::string& file) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    std::ifstream packed(std::string(GM_SOURCE_DIR "/adapters/duckdb/testdata/") + file, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(packed), {}};
    const auto unpacked = codec::zstd_decompress(bytes, {size_t{1} << 26, 100'000});
    ASSERT_TRUE(unpacked.ok()) << unpacked.error().message;
    const std::string path = folder_ / "analytics.duckdb";
    std::ofstream(path, std::ios::binary) << std::string_view(unpacked->view());
    auto opened = DuckDbStore::open({path, 256 << 20, 2, 1000});
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    store_ = std::move(*opened);
  }

  int64_t number(const std::string& sql) {
    const auto table = store_->run({sql, {}}, kTimeoutMs);
    EXPECT_TRUE(table.ok()) << (table.ok() ? "" : table.error().message);
    return table.ok() ? store::as_int(table->rows.at(0).at(0)) : -1;
  }

  std::filesystem::path folder_ = std::filesystem::temp_directory_path() / ("gm_migration_" + std::to_string(getpid()));
  std::unique_ptr<DuckDbStore> store_;
};

// Written by version 1: `device` on two days, then `anna` by $identify, then `bert`; one event refused.
TEST_F(MigrationTest, AStoreOfVersion1KeepsItsNumbersAndLearnsToJoin) {
  open("version_1.duckdb.zst");
  EXPECT_EQ(number("SELECT max(version) FROM schema_version"), 6);
  EXPECT_NE(number("SELECT id FROM generation"), 0);
  EXPECT_EQ(number("SELECT count(*) FROM events"), 4);
  EXPECT_EQ(number("SELECT sum(events) FROM day_totals"), 4);
  EXPECT_EQ(number("SELECT sum(new_players) FROM day_totals"), 3) << "links of before join nobody";
  EXPECT_EQ(number("SELECT count(*) FROM sessions WHERE length_ms = epoch_ms(ended_at) - epoch_ms(started_at) AND "
                   "marks = 0 AND told_ms = -1 AND added_ms = 0"),
            number("SELECT count(*) FROM sessions"));
  EXPECT_GT(number("SELECT count(*) FROM sessions"), 0);
  EXPECT_EQ(number("SELECT count(*) FROM rejected_events"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM player_events"), 4);
  EXPECT_EQ(number("SELECT count(*) FROM canonical_players"), 3);
  EXPECT_EQ(number("SELECT count(*) FROM players WHERE known AND player_id = 'anna'"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM players WHERE NOT known"), 2);

  const std::vector<store::PlayerWanted> wanted = {{kProject, "device", 0, Date{0}}, {kProject, "anna", 0, Date{0}}};
  const auto states = store_->load_players(wanted);
  ASSERT_TRUE(states.ok()) << states.error().message;
  store::MicroBatch batch;
  batch.player_links.push_back({kProject, (*states)[0].row.player, "device", (*states)[1].row.player});
  ASSERT_TRUE(store_->apply(batch).ok());
  const auto joined = store_->load_players(wanted);
  ASSERT_TRUE(joined.ok()) << joined.error().message;
  EXPECT_EQ((*joined)[0].row.player_id, "anna");
  EXPECT_EQ((*joined)[1].members.size(), 1u);
  EXPECT_EQ(number("SELECT count(*) FROM player_events JOIN canonical_players USING (player) WHERE player_id = 'anna'"),
            3);
}

}  // namespace
}  // namespace gm::duckdb
