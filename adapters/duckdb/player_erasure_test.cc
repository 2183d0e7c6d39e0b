#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "adapters/duckdb/duckdb_store.h"

namespace gm::duckdb {
namespace {

constexpr int64_t kNow = 1'790'000'000'000;
constexpr int64_t kTimeoutMs = 60'000;
constexpr store::PlayerKey kAnna = 1, kBert = 2;
constexpr const char* kMarker = "words-of-anna";

class PlayerErasureTest : public ::testing::Test {
 protected:
  PlayerErasureTest() {
    std::filesystem::remove_all(folder_);
    open();
  }
  ~PlayerErasureTest() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  void open() {
    store_.reset();
    auto opened = DuckDbStore::open({(folder_ / "store" / "analytics.duckdb").string(), 256 << 20, 2, 100'000});
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    store_ = std::move(*opened);
  }
  int64_t number(const std::string& sql) {
    const auto table = store_->run({sql, {}}, kTimeoutMs);
    EXPECT_TRUE(table.ok()) << sql << ": " << (table.ok() ? "" : table.error().message);
    return table.ok() ? store::as_int(table->rows.at(0).at(0)) : -1;
  }

  // `events` of the player on one day, with the sums that the processor would write.
  void add(store::PlayerKey player, const std::string& id, int events) {
    store::MicroBatch batch;
    std::vector<event::Event> kept(static_cast<size_t>(events));
    const std::string properties =
        player == kAnna ? fmt::format(R"({{"note":"{}"}})", kMarker) : R"({"note":"of others"})";
    for (event::Event& event : kept) {
      event.id = Uuid{player, next_++};
      event.name = "play";
      event.player = id;
      event.revenue_micros = 1000;
      event.currency = "EUR";
      event.properties = properties;
      store::EventRow row{project_, player, day_, kNow, kNow + 7'200'000, event::Source::native, 0, 0, next_, &event};
      batch.events.push_back(row);
    }
    batch.players.push_back(
        {project_, player, id, 1, kNow, day_, kNow, "", "", "", static_cast<uint64_t>(events), 1, 0});
    batch.sessions.push_back({project_, player, "", kNow, kNow, day_, static_cast<uint64_t>(events), 1});
    batch.player_days.push_back({project_, day_, player, day_, 1, 1, events, 1, 500, events * 1000});
    batch.days.push_back({project_, day_, 1, 1, events, events, 1, 500, 1, events, events * 1000});
    batch.cohort_days.push_back({project_, day_, day_, 1, events * 1000});
    batch.event_days.push_back({project_, day_, "play", events});
    batch.event_shapes.push_back({project_, "play", events, kNow, kNow});
    batch.property_shapes.push_back(
        {project_, "play", "note", event::PropertyType::string, events, kNow, kNow, player == kAnna ? kMarker : ""});
    const std::string raw = fmt::format(R"({{"player_id":"{}"}})", id);
    batch.rejected.push_back({project_, kNow, event::Source::native, "reason", "detail", raw, 0, next_});
    ASSERT_TRUE(store_->apply(batch).ok());
  }
  store::PlayerErasure of_anna(int events) const {
    store::PlayerErasure erasure{project_, {kAnna}, {"anna"}, "EUR", 3'600'000, {}};
    erasure.shapes.event_shapes.push_back({project_, "play", -events, kNow, kNow});
    erasure.shapes.property_shapes.push_back(
        {project_, "play", "note", event::PropertyType::string, -events, kNow, kNow, ""});
    return erasure;
  }
  bool is_in_a_file(std::string_view text) const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string bytes((std::istreambuf_iterator<char>(file)), {});
      if (bytes.find(text) != std::string::npos) return true;
    }
    return false;
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() /
      fmt::format("gm_erasure_{}_{}", getpid(), ::testing::UnitTest::GetInstance()->current_test_info()->name());
  const ProjectId project_ = ProjectId::from_stored(1);
  const Date day_{20'717};
  std::unique_ptr<DuckDbStore> store_;
  uint64_t next_ = 1;
};

TEST_F(PlayerErasureTest, EverySumIsAsIfHeHadNeverBeen) {
  add(kBert, "bert", 3);
  const auto all = [this] {
    std::vector<int64_t> sums;
    for (const char* column : {"players", "new_players", "events", "late_events", "sessions", "session_ms", "payers",
                               "purchases", "revenue_micros"})
      sums.push_back(number(fmt::format("SELECT sum({})::BIGINT FROM day_totals", column)));
    for (const char* sql :
         {"SELECT sum(players)::BIGINT FROM cohort_days", "SELECT sum(revenue_micros)::BIGINT FROM cohort_days",
          "SELECT sum(events)::BIGINT FROM event_days", "SELECT sum(events)::BIGINT FROM event_shapes",
          "SELECT sum(seen)::BIGINT FROM property_shapes", "SELECT count(*) FROM events",
          "SELECT count(*) FROM players", "SELECT count(*) FROM rejected_events",
          "SELECT sum(sign)::BIGINT FROM sessions", "SELECT count(*) FROM player_days"})
      sums.push_back(number(sql));
    return sums;
  };
  const auto before = all();
  const int64_t generation = number("SELECT id FROM generation");
  add(kAnna, "anna", 5);
  ASSERT_NE(all(), before);
  const auto rows = store_->erase(of_anna(5));
  ASSERT_TRUE(rows.ok()) << rows.error().message;
  EXPECT_EQ(rows->events, 5);
  EXPECT_EQ(rows->rejected, 1);
  EXPECT_EQ(all(), before);
  EXPECT_EQ(number(fmt::format("SELECT count(*) FROM property_shapes WHERE sample = '{}'", kMarker)), 0);
  EXPECT_NE(number("SELECT id FROM generation"), generation) << "what was derived has to be made again";

  const auto again = store_->erase(of_anna(0));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->events + again->players + again->rejected, 0);
  EXPECT_EQ(all(), before);
}

TEST_F(PlayerErasureTest, ARewrittenFileHoldsNothingOfWhatWasDeletedAndAllOfTheRest) {
  for (int i = 0; i < 20; ++i) add(kBert, "bert", 50);
  add(kAnna, "anna", 5);
  ASSERT_TRUE(store_->rest().ok());
  ASSERT_TRUE(is_in_a_file(kMarker));
  ASSERT_TRUE(store_->erase(of_anna(5)).ok());

  std::atomic<bool> stop{false};
  std::atomic<int> asked{0};
  std::thread reader([&] {
    while (!stop || asked == 0) {
      EXPECT_EQ(number("SELECT count(*) FROM player_events"), 1000);
      ++asked;
    }
  });
  const Status rewritten = store_->rewrite();
  stop = true;
  reader.join();
  ASSERT_TRUE(rewritten.ok()) << rewritten.error().message;
  EXPECT_FALSE(is_in_a_file(kMarker));
  EXPECT_EQ(number("SELECT count(*) FROM canonical_players"), number("SELECT count(*) FROM players"));
  add(kBert, "bert", 1);
  EXPECT_EQ(number("SELECT count(*) FROM events"), 1001);
  open();
  EXPECT_EQ(number("SELECT count(*) FROM events"), 1001);
  EXPECT_FALSE(is_in_a_file(kMarker));
}

TEST_F(PlayerErasureTest, WhatIsPutRightIsRightInEveryTableAndTheOldBytesGo) {
  add(kBert, "bert", 3);
  add(kAnna, "anna", 2);
  const int64_t generation = number("SELECT id FROM generation");
  store::PlayerRectification right{project_, {kAnna}, kNow + 7'200'000, {}, {}, {}, {}};
  for (const char* which : {"min", "max"}) {
    const int64_t offset = number(fmt::format("SELECT {}(log_offset)::BIGINT FROM events WHERE player = 1", which));
    right.properties.push_back({0, static_cast<log::Offset>(offset), R"({"note":7})"});
  }
  right.shapes.property_shapes = {
      {project_, "play", "note", event::PropertyType::string, -2, kNow, kNow, ""},
      {project_, "play", "note", event::PropertyType::number, 2, kNow, kNow, ""},
  };
  for (int time = 0; time < 2; ++time) {
    const Status done = store_->rectify(right);
    ASSERT_TRUE(done.ok()) << done.error().message;
    right.shapes = {};
  }
  EXPECT_EQ(number(R"(SELECT count(*) FROM events WHERE player = 1 AND props = '{"note":7}')"), 2);
  EXPECT_EQ(number("SELECT count(*) FROM events WHERE player = 2 AND contains(props, 'of others')"), 3);
  EXPECT_EQ(number("SELECT sum(seen)::BIGINT FROM property_shapes WHERE type = 0"), 3);
  EXPECT_EQ(number("SELECT sum(seen)::BIGINT FROM property_shapes"), 5);
  EXPECT_NE(number("SELECT id FROM generation"), generation) << "what was derived has to be made again";
  ASSERT_TRUE(store_->rewrite().ok());
  EXPECT_FALSE(is_in_a_file(kMarker));
}

TEST_F(PlayerErasureTest, ACountryIsPutRightWhereOneIsKnownAndUpToItsMoment) {
  const auto send = [&](const char* country, int64_t received_ms) {
    event::Event event;
    event.id = Uuid{kAnna, next_++};
    event.name = "play";
    event.country = country;
    event.properties = "{}";
    store::MicroBatch batch;
    batch.events.push_back(
        {project_, kAnna, day_, received_ms, received_ms, event::Source::native, 0, 0, next_, &event});
    batch.players.push_back({project_, kAnna, "anna", next_, kNow, day_, received_ms, country, "", "", next_, 1, 0});
    ASSERT_TRUE(store_->apply(batch).ok());
  };
  send("DE", kNow);
  send("", kNow + 1);
  send("DE", kNow + 2);
  ASSERT_TRUE(store_->rectify({project_, {kAnna}, kNow + 1, "A'", {}, {}, {}}).ok());
  EXPECT_EQ(number("SELECT count(*) FROM events WHERE starts_with(country, 'A')"), 1) << "a quote is one of the text";
  EXPECT_EQ(number("SELECT count(*) FROM events WHERE country = 'DE'"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM players WHERE country = 'DE'"), number("SELECT count(*) FROM players"));
  ASSERT_TRUE(store_->rectify({project_, {kAnna}, kNow + 2, "", {}, {}, {}}).ok());
  EXPECT_EQ(number("SELECT count(*) FROM events WHERE country <> ''"), 0);
  EXPECT_EQ(number("SELECT count(*) FROM players WHERE country <> ''"), 0);
}

}  // namespace
}  // namespace gm::duckdb
