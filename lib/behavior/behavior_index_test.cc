// The index beside a real store: whatever happens to it, it comes back to what the store holds, and nobody who asks in
// the meantime gets less than that.

#include "lib/behavior/behavior_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "adapters/duckdb/connection.h"
#include "adapters/duckdb/duckdb_store.h"
#include "lib/behavior/counts.h"
#include "lib/behavior/index_check.h"
#include "lib/telemetry/catalog_behavior.h"

namespace gm::behavior {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kPatienceMs = 60'000;
const CountsQuery kAnyEvent = {{{}, true, {}}};
const ProjectId kGame = ProjectId::from_stored(1);
const ProjectId kOtherGame = ProjectId::from_stored(2);

class BehaviorIndexTest : public testing::Test {
 protected:
  BehaviorIndexTest() {
    std::string name = (fs::temp_directory_path() / "gm_behavior_XXXXXX").string();
    root = ::mkdtemp(name.data());
    open_store("store");
  }
  ~BehaviorIndexTest() override {
    index.reset();
    store.reset();
    fs::remove_all(root);
  }

  void open_store(const std::string& name) {
    store.reset();
    store = duckdb::DuckDbStore::open({root + "/" + name, 256 << 20, 1, 100'000}).value();
  }
  void start(log::Partition partitions = 1) {
    IndexSettings settings;
    settings.directory = root + "/index";
    settings.limits.tail_rows = 40;
    settings.read_max = 7;
    settings.timeout_ms = kPatienceMs;
    BehaviorIndex::Dependencies dependencies{files, *store, metrics, clock, {}, partitions};
    index = std::make_unique<BehaviorIndex>(dependencies, settings);
    index->start();
  }

  // `count` more events of some players, each second offset; fed to the index as the processor does.
  void store_events(int count, bool feed = true, log::Partition partition = 0) {
    store::MicroBatch batch;
    std::deque<event::Event> events;
    log::Offset& next = next_[partition];
    for (int i = 0; i < count; ++i, next += 2) {
      event::Event& event = events.emplace_back();
      event.id = Uuid::derived_from(std::to_string(partition) + "/" + std::to_string(next));
      event.name = next % 3 == 0 ? "play" : "buy";
      event.country = next % 4 == 0 ? "DE" : "US";
      event.session = "s";
      if (event.name == "buy") event.revenue_micros = 990'000;
      store::EventRow row;
      row.project = next % 10 == 0 ? kOtherGame : kGame;
      row.player = 1 + next % 7;
      row.time_ms = 1'700'000'000'000 + static_cast<int64_t>(next) * kMsPerHour;
      row.date = Date{19'675 + static_cast<int32_t>(next / 24)};
      row.log_partition = partition;
      row.log_offset = next;
      row.event = &event;
      batch.events.push_back(row);
    }
    batch.positions = {{log::Topic::events_raw, partition, next}};
    ASSERT_TRUE(store->apply(batch).ok());
    if (feed) index->feed(batch);
  }

  int64_t stored(ProjectId project) {
    return store::as_int(
        store->run({"SELECT count(*) FROM events WHERE project = ?", {int64_t{project.value()}}}, kPatienceMs)
            ->rows[0][0]);
  }
  // Everything the store holds is there, of both projects.
  void expect_complete() {
    ASSERT_TRUE(index->catch_up(kPatienceMs));
    for (const ProjectId project : {kGame, kOtherGame}) {
      const auto snapshot = index->snapshot(project);
      ASSERT_TRUE(snapshot.ok()) << snapshot.error().message;
      EXPECT_EQ(static_cast<int64_t>(snapshot->rows()), stored(project));
    }
  }
  void store_links(std::vector<store::PlayerLinkRow> links, bool feed = true) {
    store::MicroBatch batch;
    batch.player_links = std::move(links);
    ASSERT_TRUE(store->apply(batch).ok());
    if (feed) index->feed(batch);
  }
  // Whoever has events in the game, once the index can tell.
  void expect_players(const std::vector<store::PlayerKey>& expected) {
    for (int64_t left = kPatienceMs;; left -= 10) {
      const auto snapshot = index->snapshot(kGame);
      const auto listed = snapshot ? counts_players(*snapshot, kAnyEvent, {}, 100) : snapshot.error();
      if (listed) {
        EXPECT_EQ(listed->players, expected);
        return;
      }
      ASSERT_THAT(listed.error().code, testing::AnyOf(kBehind, kStale));
      ASSERT_GT(left, 0) << listed.error().message;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  uint64_t rebuilds(std::string_view reason) { return metrics.counter(telemetry::kBehaviorRebuilds, {reason}).value(); }
  std::vector<std::string> runs() const {
    std::vector<std::string> paths;
    for (const auto& entry : fs::directory_iterator(root + "/index/0")) {
      if (entry.path().extension() == ".run") paths.push_back(entry.path());
    }
    return paths;
  }
  static void flip_a_byte(const std::string& path, int64_t at) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(at);
    const char byte = static_cast<char>(file.get() ^ 0x40);
    file.seekp(at);
    file.put(byte);
  }

  std::string root;
  io::PosixFileSystem files;
  SystemClock clock;
  telemetry::Registry metrics;
  std::unique_ptr<duckdb::DuckDbStore> store;
  std::unique_ptr<BehaviorIndex> index;

 private:
  std::map<log::Partition, log::Offset> next_;
};

TEST_F(BehaviorIndexTest, holds_what_it_is_fed_of_every_partition) {
  start(2);
  store_events(30);
  store_events(55, true, 1);
  store_events(70);
  expect_complete();
  EXPECT_EQ(index->snapshot(kGame)->positions.size(), 2u);
}

TEST_F(BehaviorIndexTest, reads_from_the_store_what_was_there_before_it) {
  start();
  index.reset();
  fs::remove_all(root + "/index");
  store_events(100, false);
  start();
  expect_complete();
  EXPECT_EQ(rebuilds("missing"), 1u);
}

TEST_F(BehaviorIndexTest, goes_on_where_it_was_after_an_orderly_stop) {
  start();
  ASSERT_TRUE(index->catch_up(kPatienceMs));  // opened while the store is empty: nothing is missing
  store_events(100);
  expect_complete();
  index.reset();
  store_events(20, false);
  start();
  expect_complete();
  EXPECT_EQ(rebuilds("missing") + rebuilds("unusable"), 0u);
}

TEST_F(BehaviorIndexTest, reads_what_was_stored_before_the_first_batch_that_it_is_fed) {
  store_events(20, false);
  start();
  store_events(10);
  expect_complete();
}

TEST_F(BehaviorIndexTest, says_that_it_is_behind_until_it_has_everything) {
  start();
  store_events(10);
  ASSERT_TRUE(index->catch_up(kPatienceMs));
  index->stop();
  store_events(10, false);
  const auto snapshot = index->snapshot(kGame);
  ASSERT_FALSE(snapshot.ok());
  EXPECT_EQ(snapshot.error().code, kBehind);
}

TEST_F(BehaviorIndexTest, a_run_that_is_gone_or_changed_is_made_again) {
  start();
  store_events(100);
  expect_complete();
  index.reset();
  ASSERT_FALSE(runs().empty());
  fs::remove(runs().front());
  start();
  expect_complete();
  EXPECT_EQ(rebuilds("unusable"), 1u);
}

TEST_F(BehaviorIndexTest, damage_that_a_question_finds_is_mended) {
  start();
  store_events(100);
  expect_complete();
  index.reset();
  // Behind the header of the first section, in a column that is verified only before it is read.
  flip_a_byte(runs().front(), 520);
  const auto found = check_index(files, root + "/index");
  ASSERT_TRUE(found.ok());
  EXPECT_THAT(found->at(0).problem, testing::HasSubstr(".run"));
  start();
  ASSERT_TRUE(index->catch_up(kPatienceMs));
  const auto damaged = counts(index->snapshot(kGame).value(), {{{}, true, {}}});
  ASSERT_FALSE(damaged.ok());
  EXPECT_EQ(damaged.error().code, kCorrupt);
  index->report_damage();
  expect_complete();
  EXPECT_TRUE(counts(index->snapshot(kGame).value(), {{{}, true, {}}}).ok());
  EXPECT_EQ(rebuilds("damaged"), 1u);
}

TEST_F(BehaviorIndexTest, another_store_makes_it_worthless) {
  start();
  store_events(100);
  expect_complete();
  index.reset();
  open_store("another");
  store_events(30, false);
  start();
  expect_complete();
  EXPECT_EQ(rebuilds("unusable"), 1u);
}

TEST_F(BehaviorIndexTest, so_does_a_new_generation_of_the_same_store) {
  start();
  store_events(100);
  expect_complete();
  index.reset();
  store.reset();
  {
    // What whoever changes keys or dates of stored events does in his transaction.
    const auto database = duckdb::Database::open(root + "/store", {});
    auto connection = duckdb::Connection::open(*database);
    ASSERT_TRUE(connection->execute("UPDATE generation SET id = id // 2").ok());
  }
  open_store("store");
  start();
  expect_complete();
  EXPECT_EQ(rebuilds("unusable"), 1u);
}

TEST_F(BehaviorIndexTest, a_store_put_back_to_an_earlier_moment_drops_what_came_after) {
  start();
  store_events(60);
  expect_complete();
  index->stop();
  store.reset();
  fs::copy_file(root + "/store", root + "/earlier");
  open_store("store");
  start();
  store_events(60);
  expect_complete();
  index.reset();
  open_store("earlier");
  start();
  expect_complete();
  EXPECT_EQ(rebuilds("ahead"), 1u);
}

TEST_F(BehaviorIndexTest, a_folder_that_cannot_be_made_fails_nobody) {
  std::ofstream(root + "/index") << "in the way";
  start();
  store_events(10);
  EXPECT_FALSE(index->catch_up(100));
  EXPECT_EQ(index->snapshot(kGame).error().code, kBehind);
  EXPECT_THAT(metrics.expose(), testing::HasSubstr("gamemetrics_behavior_errors_total{code=\"gm-io-"));
  fs::remove(root + "/index");
  expect_complete();
}

TEST_F(BehaviorIndexTest, counts_a_joined_players_events_as_the_others_until_he_is_parted) {
  start();
  store_events(100);
  expect_complete();
  store_links({{kGame, 1, "one", 2}, {kGame, 3, "three", 2}});
  expect_players({2, 4, 5, 6, 7});
  store_events(100);
  expect_complete();
  expect_players({2, 4, 5, 6, 7});
  EXPECT_EQ(counts_players(index->snapshot(kOtherGame).value(), kAnyEvent, {}, 100)->total, 7u)
      << "another game has nothing to do with it";
  // His events were moved when runs were merged; until they are back, SQL answers.
  store_links({{kGame, 1, "one", 0}});
  expect_players({1, 2, 4, 5, 6, 7});
}

TEST_F(BehaviorIndexTest, knows_the_links_that_were_there_before_it) {
  store_events(50, false);
  store_links({{kGame, 1, "one", 2}, {kGame, 3, "three", 2}, {kGame, 4, "four", 2}, {kGame, 5, "five", 2}}, false);
  start();  // they are more than are read at once
  ASSERT_TRUE(index->catch_up(kPatienceMs));
  expect_players({2, 6, 7});
  index.reset();
  store_links({{kGame, 4, "four", 0}, {kGame, 6, "six", 7}}, false);
  start();
  ASSERT_TRUE(index->catch_up(kPatienceMs));
  expect_players({2, 4, 7});
  index.reset();
  store_links({{kGame, 1, "one", 0}, {kGame, 3, "three", 0}, {kGame, 5, "five", 0}, {kGame, 6, "six", 0}}, false);
  start();
  ASSERT_TRUE(index->catch_up(kPatienceMs));
  expect_players({1, 2, 3, 4, 5, 6, 7});
}

TEST_F(BehaviorIndexTest, check_finds_nothing_wrong_with_a_good_one) {
  EXPECT_TRUE(check_index(files, root + "/index")->empty());
  start();
  store_events(100);
  expect_complete();
  index->stop();
  const auto found = check_index(files, root + "/index");
  ASSERT_EQ(found->size(), 1u);
  EXPECT_EQ(found->at(0).problem, "");
  EXPECT_EQ(found->at(0).events, 100u);
  EXPECT_EQ(found->at(0).next, 200u);
}

}  // namespace
}  // namespace gm::behavior
