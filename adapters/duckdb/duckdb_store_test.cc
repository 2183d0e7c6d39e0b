#include "adapters/duckdb/duckdb_store.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "adapters/duckdb/connection.h"
#include "lib/base/random.h"

namespace gm::duckdb {
namespace {

using store::as_int;
using store::MicroBatch;
using store::Statement;

constexpr int64_t kNow = 1'790'000'000'000;
constexpr int64_t kTimeoutMs = 60'000;

class DuckDbStoreTest : public ::testing::Test {
 protected:
  DuckDbStoreTest() {
    folder_ = std::filesystem::temp_directory_path() /
              fmt::format("gm_duckdb_{}_{}", getpid(), ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(folder_);
    settings_ = {(folder_ / "store" / "analytics.duckdb").string(), 256 << 20, 2, 1000};
    reopen();
  }
  ~DuckDbStoreTest() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  void reopen() {
    store_.reset();
    auto opened = DuckDbStore::open(settings_);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    store_ = std::move(*opened);
  }

  store::Table run(const std::string& sql, std::vector<store::Value> parameters = {}) {
    auto table = store_->run({sql, std::move(parameters)}, kTimeoutMs);
    EXPECT_TRUE(table.ok()) << (table.ok() ? "" : table.error().message);
    return table.ok() ? *table : store::Table{};
  }
  int64_t count(const std::string& table) { return as_int(run("SELECT count(*) FROM " + table).rows[0][0]); }

  // One event row of player 1 with its own id.
  void add_event(MicroBatch& batch, int64_t time_ms, Uuid id = {}) {
    event::Event event;
    event.id = id.is_nil() ? Uuid{1, ++next_id_} : id;
    event.name = "level_complete";
    event.player = "anna";
    event.properties = R"({"level":12})";
    events_.push_back(std::make_unique<event::Event>(event));
    store::EventRow row;
    row.project = project_;
    row.player = 1;
    row.time_ms = time_ms;
    row.received_ms = time_ms;
    row.date = TimeZone::utc().local_date(time_ms);
    row.log_offset = next_id_;
    row.event = events_.back().get();
    batch.events.push_back(row);
  }

  ProjectId project_ = ProjectId::from_stored(7);
  std::filesystem::path folder_;
  DuckDbSettings settings_;
  std::unique_ptr<DuckDbStore> store_;
  std::vector<std::unique_ptr<event::Event>> events_;
  uint64_t next_id_ = 0;
};

MicroBatch full_batch(ProjectId project) {
  MicroBatch batch;
  const Date day{20'000};
  batch.positions.push_back({log::Topic::events_raw, 3, 100});
  batch.players.push_back({project, 5, "anna", 1, kNow, day, kNow + 5, "DE", "ios", "1.4", 2, 1, 990'000});
  batch.sessions.push_back({project, 5, "s-1", kNow, kNow + 60'000, day, 2, 1});
  batch.player_days.push_back({project, day, 5, day, 1, 1, 2, 1, 60'000, 990'000});
  batch.days.push_back({project, day, 1, 1, 2, 0, 1, 60'000, 1, 1, 990'000});
  batch.cohort_days.push_back({project, day, day, 1, 990'000});
  batch.event_days.push_back({project, day, "purchase", 2});
  batch.rejected.push_back({project, kNow, event::Source::posthog, "player_id_missing", "no id", "{\"a\":1}", 2, 9});
  batch.duplicates = 3;
  return batch;
}

TEST_F(DuckDbStoreTest, KeepsEveryColumnOfAnEvent) {
  event::Event event;
  event.id = Uuid{0x8123456789abcdefull, 0xfedcba9876543210ull};
  event.name = "purchase";
  event.player = "anna";
  event.session = "s-1";
  event.revenue_micros = -4'990'000;
  event.currency = "EUR";
  event.country = "DE";
  event.platform = "ios";
  event.device = "iPhone15,2";
  event.build = "1.4.2";
  event.properties = R"({"a long enough name":"not inlined"})";
  store::EventRow row{project_, 42, Date{20'001}, kNow, kNow + 7, event::Source::posthog, 5, 11, 1234, &event};
  MicroBatch batch;
  batch.events.push_back(row);
  ASSERT_TRUE(store_->apply(batch).ok());

  const auto table = run("SELECT * FROM events");
  ASSERT_EQ(table.rows.size(), 1u);
  const std::vector<store::Value> expected = {int64_t{7},
                                              Date{20'001},
                                              store::TimestampMs{kNow},
                                              store::TimestampMs{kNow + 7},
                                              int64_t{42},
                                              std::string("purchase"),
                                              event.id.to_string(),
                                              std::string("s-1"),
                                              int64_t{1},
                                              std::string("DE"),
                                              std::string("ios"),
                                              std::string("iPhone15,2"),
                                              std::string("1.4.2"),
                                              int64_t{-4'990'000},
                                              std::string("EUR"),
                                              int64_t{5},
                                              std::string(event.properties),
                                              int64_t{11},
                                              int64_t{1234}};
  EXPECT_EQ(table.rows[0], expected);
}

TEST_F(DuckDbStoreTest, AppliesEveryTableAndThePositionAndKeepsThemAcrossAReopen) {
  ASSERT_TRUE(store_->apply(full_batch(project_)).ok());
  reopen();
  for (const char* table :
       {"players", "sessions", "player_days", "day_totals", "cohort_days", "event_days", "rejected_events"}) {
    EXPECT_EQ(count(table), 1) << table;
  }
  const auto positions = store_->positions();
  ASSERT_TRUE(positions.ok());
  ASSERT_EQ(positions.value().size(), 1u);
  EXPECT_EQ(positions.value()[0].topic, log::Topic::events_raw);
  EXPECT_EQ(positions.value()[0].partition, 3u);
  EXPECT_EQ(positions.value()[0].next, 100u);
  EXPECT_EQ(as_int(run("SELECT sum(value) FROM counters WHERE name = 'duplicates'").rows[0][0]), 3);
}

TEST_F(DuckDbStoreTest, APositionMovesInPlace) {
  MicroBatch batch;
  batch.positions = {{log::Topic::events_raw, 0, 5}, {log::Topic::events_rejected, 0, 7}};
  ASSERT_TRUE(store_->apply(batch).ok());
  batch.positions = {{log::Topic::events_raw, 0, 9}};
  ASSERT_TRUE(store_->apply(batch).ok());
  EXPECT_EQ(count("log_positions"), 2);
  const auto table = run("SELECT next_offset FROM log_positions ORDER BY topic");
  EXPECT_EQ(as_int(table.rows[0][0]), 9);
  EXPECT_EQ(as_int(table.rows[1][0]), 7);
}

TEST_F(DuckDbStoreTest, LoadsPlayersAndGivesFreshKeysThatSurviveAReopen) {
  ASSERT_TRUE(store_->apply(full_batch(project_)).ok());
  reopen();
  const std::vector<store::PlayerWanted> wanted = {{project_, "nobody", 0, Date{0}},
                                                   {project_, "anna", 0, Date{0}},
                                                   {ProjectId::from_stored(8), "anna", 0, Date{0}}};
  const auto states = store_->load_players(wanted);
  ASSERT_TRUE(states.ok()) << states.error().message;
  EXPECT_EQ(states.value()[0].row.version, 0u);
  EXPECT_EQ(states.value()[0].row.player, 6u);
  EXPECT_EQ(states.value()[2].row.player, 7u) << "players of another project are other players";
  const store::PlayerState& anna = states.value()[1];
  EXPECT_EQ(anna.row.player, 5u);
  EXPECT_EQ(anna.row.platform, "ios");
  EXPECT_EQ(anna.row.revenue_micros, 990'000);
  ASSERT_EQ(anna.days.size(), 1u);
  EXPECT_TRUE(anna.days[0].payer);
  EXPECT_EQ(anna.days[0].session_ms, 60'000);
  ASSERT_EQ(anna.sessions.size(), 1u);
  EXPECT_EQ(anna.sessions[0].explicit_id, "s-1");
}

TEST_F(DuckDbStoreTest, LoadsOnlyWhatIsAskedForAndNoCancelledRows) {
  MicroBatch batch = full_batch(project_);
  const Date day{20'000};
  batch.sessions.push_back({project_, 5, "s-1", kNow, kNow + 60'000, day, 2, -1});
  batch.sessions.push_back({project_, 5, "s-1", kNow, kNow + 90'000, day, 3, 1});
  batch.player_days.push_back({project_, day - 9, 5, day, 1, 0, 1, 0, 0, 0});
  ASSERT_TRUE(store_->apply(batch).ok());
  const auto states =
      store_->load_players(std::vector<store::PlayerWanted>{{project_, "anna", kNow + 70'000, day - 1}});
  ASSERT_TRUE(states.ok());
  ASSERT_EQ(states.value()[0].sessions.size(), 1u);
  EXPECT_EQ(states.value()[0].sessions[0].end_ms, kNow + 90'000);
  ASSERT_EQ(states.value()[0].days.size(), 1u) << "a day before since_date was loaded";
  const auto later =
      store_->load_players(std::vector<store::PlayerWanted>{{project_, "anna", kNow + 90'001, day - 10}});
  EXPECT_TRUE(later.value()[0].sessions.empty());
  EXPECT_EQ(later.value()[0].days.size(), 2u);
}

TEST_F(DuckDbStoreTest, FindsStoredEventIdsWithinTheTimeOfReceipt) {
  MicroBatch batch;
  add_event(batch, kNow, Uuid{9, 1});
  add_event(batch, kNow + 1000, Uuid{9, 2});
  ASSERT_TRUE(store_->apply(batch).ok());
  const auto found =
      store_->find_event_ids(std::vector<store::EventIdWanted>{{project_, Uuid{9, 1}, kNow, kNow},
                                                               {project_, Uuid{9, 2}, kNow, kNow + 999},
                                                               {ProjectId::from_stored(8), Uuid{9, 1}, kNow, kNow},
                                                               {project_, Uuid{9, 3}, kNow - 1000, kNow + 1000}});
  ASSERT_TRUE(found.ok());
  EXPECT_THAT(found.value(), ::testing::ElementsAre(true, false, false, false));
}

TEST_F(DuckDbStoreTest, FindsEventIdsWhenTheTimeOfReceiptIsUnbounded) {
  // What an overfull IdFilter asks; it once ended the processor with gm-store-refused.
  MicroBatch batch;
  add_event(batch, kNow, Uuid{9, 1});
  ASSERT_TRUE(store_->apply(batch).ok());
  const auto found = store_->find_event_ids(std::vector<store::EventIdWanted>{
      {project_, Uuid{9, 1}, INT64_MIN, INT64_MAX}, {project_, Uuid{9, 2}, INT64_MIN, INT64_MAX}});
  ASSERT_TRUE(found.ok()) << found.error().message;
  EXPECT_THAT(found.value(), ::testing::ElementsAre(true, false));
}

TEST_F(DuckDbStoreTest, QuestionsLeaveNoMemoryBehind) {
  const auto ask = [&] {
    std::vector<store::PlayerWanted> players;
    std::vector<store::EventIdWanted> ids;
    for (uint64_t i = 0; i < 2000; ++i) {
      players.push_back({project_, "a player whose name is long enough to need memory of its own", 0, Date{0}});
      ids.push_back({project_, Uuid{9, i}, kNow, kNow});
    }
    EXPECT_TRUE(store_->load_players(players).ok());
    EXPECT_TRUE(store_->find_event_ids(ids).ok());
  };
  const auto held = [&] {
    const auto table = run("SELECT sum(memory_usage_bytes)::BIGINT FROM duckdb_memory() WHERE tag = 'IN_MEMORY_TABLE'");
    return store::as_int(table.rows.at(0).at(0));
  };
  for (int i = 0; i < 10; ++i) ask();
  const int64_t early = held();
  for (int i = 0; i < 100; ++i) ask();
  EXPECT_LE(held(), early + (1 << 20));
}

TEST_F(DuckDbStoreTest, VisitsEventIdsUntilTold) {
  MicroBatch batch;
  for (int i = 0; i < 5000; ++i) add_event(batch, kNow + i);
  ASSERT_TRUE(store_->apply(batch).ok());
  size_t seen = 0;
  ASSERT_TRUE(store_
                  ->visit_event_ids(3999,
                                    [&](ProjectId project, const Uuid& id, int64_t received_ms) {
                                      EXPECT_EQ(project, project_);
                                      EXPECT_EQ(id.low, static_cast<uint64_t>(received_ms - kNow) + 1);
                                      ++seen;
                                      return true;
                                    })
                  .ok());
  EXPECT_EQ(seen, 4000u);
  seen = 0;
  ASSERT_TRUE(store_->visit_event_ids(kMsPerDay, [&](ProjectId, const Uuid&, int64_t) { return ++seen < 3; }).ok());
  EXPECT_EQ(seen, 3u);
  EXPECT_EQ(count("events"), 5000) << "the connection is usable after a visit that ended early";
}

TEST_F(DuckDbStoreTest, ParametersUseTheZoneMapsOfTheirColumns) {
  for (int day = 0; day < 4; ++day) {
    MicroBatch batch;
    for (int i = 0; i < 3000; ++i) add_event(batch, kNow + day * kMsPerDay + i);
    ASSERT_TRUE(store_->apply(batch).ok());
  }
  const auto plan = run("EXPLAIN SELECT count(*) FROM events WHERE project = ? AND ts >= ? AND date = ?",
                        {int64_t{7}, store::TimestampMs{kNow + 3 * kMsPerDay}, TimeZone::utc().local_date(kNow)});
  std::string text;
  for (const auto& row : plan.rows) text += std::get<std::string>(row[1]);
  EXPECT_THAT(text, ::testing::HasSubstr("Filters"));
  EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("CAST"))) << text;
  EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("FILTER ")))
      << "a filter above the scan cannot skip row groups\n"
      << text;
}

TEST_F(DuckDbStoreTest, RefusesWhatIsNotAQuery) {
  for (const char* sql : {"DELETE FROM events", "DROP TABLE events", "SELEC 1", "COPY events TO '/dev/null'",
                          "SET memory_limit='8GB'", "ATTACH 'x.db'", "INSERT INTO counters VALUES ('a', 1)"}) {
    const auto table = store_->run({sql, {}}, kTimeoutMs);
    ASSERT_FALSE(table.ok()) << sql;
    EXPECT_EQ(table.error().code, "gm-query-invalid") << sql;
  }
  const auto file = store_->run({"SELECT * FROM read_text('/etc/hostname')", {}}, kTimeoutMs);
  ASSERT_FALSE(file.ok()) << "files of the machine can be read";
  EXPECT_EQ(store_->run({"SELECT ?", {}}, kTimeoutMs).error().code, "gm-query-invalid");
}

TEST_F(DuckDbStoreTest, StopsALongQueryAndServesTheNext) {
  const auto table = store_->run({"SELECT count(*) FROM range(100000000000) a(i) WHERE hash(i) = 0", {}}, 50);
  ASSERT_FALSE(table.ok());
  EXPECT_EQ(table.error().code, "gm-query-timeout");
  EXPECT_EQ(as_int(run("SELECT 41 + 1").rows[0][0]), 42);
}

TEST_F(DuckDbStoreTest, RefusesAnAnswerWithTooManyRows) {
  EXPECT_EQ(run("SELECT * FROM range(1000)").rows.size(), 1000u);
  const auto table = store_->run({"SELECT * FROM range(1001)", {}}, kTimeoutMs);
  ASSERT_FALSE(table.ok());
  EXPECT_EQ(table.error().code, "gm-query-too-large");
}

TEST_F(DuckDbStoreTest, ConvertsEveryTypeAMetricCanAnswerWith) {
  const auto row =
      run("SELECT true, 1::TINYINT, 2::SMALLINT, 3::INTEGER, 4::UBIGINT, sum(5::BIGINT), 1.25::DECIMAL(9,2), "
          "0.5::DOUBLE, 'text', NULL, DATE '1970-01-03', make_timestamp_ms(5), "
          "TIMESTAMP '1969-12-31 23:59:59.9999', 170141183460469231731687303715884105727::HUGEINT, "
          "123456789012345678.5::DECIMAL(38,1)")
          .rows[0];
  const std::vector<store::Value> expected = {int64_t{1},
                                              int64_t{1},
                                              int64_t{2},
                                              int64_t{3},
                                              int64_t{4},
                                              int64_t{5},
                                              1.25,
                                              0.5,
                                              std::string("text"),
                                              std::monostate{},
                                              Date{2},
                                              store::TimestampMs{5},
                                              store::TimestampMs{-1},
                                              1.7014118346046923e38,
                                              123456789012345678.5};
  EXPECT_EQ(row, expected);
  EXPECT_EQ(store_->run({"SELECT [1, 2]", {}}, kTimeoutMs).error().code, "gm-query-invalid");
}

TEST_F(DuckDbStoreTest, InvalidBytesAreStoredAsReplacementCharacters) {
  MicroBatch batch;
  batch.rejected.push_back(
      {project_, kNow, event::Source::native, "not_utf8", "", "a\xFF\xC3z\xED\xA0\x80 \xE2\x82\xAC", 0, 0});
  ASSERT_TRUE(store_->apply(batch).ok());
  EXPECT_EQ(std::get<std::string>(run("SELECT raw FROM rejected_events").rows[0][0]),
            "a\uFFFD\uFFFDz\uFFFD\uFFFD\uFFFD \u20AC");
}

TEST_F(DuckDbStoreTest, CompactionChangesNoSumAndDropsWhatIsCancelled) {
  SeededRandom random(4);
  const Date day{20'000};
  for (int batch_number = 0; batch_number < 30; ++batch_number) {
    MicroBatch batch;
    for (int i = 0; i < 50; ++i) {
      const auto player = random.below(20) + 1;
      const Date date = day + static_cast<int32_t>(random.below(4));
      batch.player_days.push_back({project_, date, player, day, 1 - static_cast<int>(random.below(3)), 0,
                                   static_cast<int64_t>(random.below(9)), 1, 10, 100});
      batch.days.push_back({project_, date, 1, 0, 2, 0, 1, 5, 0, 0, 7});
      batch.cohort_days.push_back({project_, day, date, 1 - static_cast<int64_t>(random.below(3)), 0});
      batch.event_days.push_back({project_, date, random.below(2) == 0 ? "a" : "b", 1});
      batch.sessions.push_back({project_, player, "", kNow, kNow + static_cast<int64_t>(random.below(3)), date, 1,
                                random.below(2) == 0 ? 1 : -1});
      batch.players.push_back({project_, player, fmt::format("p{}", player),
                               static_cast<uint64_t>(batch_number * 50 + i + 1), kNow, day, kNow, "", "", "", 1, 1, 0});
    }
    batch.duplicates = 1;
    ASSERT_TRUE(store_->apply(batch).ok());
  }
  const std::vector<std::string> answers = {
      "SELECT date, player, cohort_date, sum(active) a, sum(events) e, sum(revenue_micros) FROM player_days GROUP BY "
      "ALL "
      "HAVING a <> 0 OR e <> 0 ORDER BY ALL",
      "SELECT date, sum(players), sum(events), sum(session_ms), sum(revenue_micros) FROM day_totals GROUP BY ALL ORDER "
      "BY ALL",
      "SELECT cohort_date, date, sum(players) n FROM cohort_days GROUP BY ALL HAVING n <> 0 ORDER BY ALL",
      "SELECT date, event, sum(events) FROM event_days GROUP BY ALL ORDER BY ALL",
      "SELECT player, started_at, ended_at, date, sum(sign) n FROM sessions GROUP BY ALL HAVING n <> 0 ORDER BY ALL",
      "SELECT player, max(version), arg_max(player_id, version) FROM players GROUP BY ALL ORDER BY ALL",
      "SELECT name, sum(value) FROM counters GROUP BY ALL",
  };
  std::vector<store::Table> before;
  for (const auto& sql : answers) before.push_back(run(sql));
  const int64_t sessions_before = count("sessions");
  ASSERT_TRUE(store_->compact().ok());
  for (size_t i = 0; i < answers.size(); ++i) EXPECT_EQ(run(answers[i]).rows, before[i].rows) << answers[i];
  EXPECT_EQ(count("players"), 20);
  EXPECT_EQ(count("day_totals"), 4);
  EXPECT_EQ(count("event_days"), 8);
  EXPECT_LT(count("sessions"), sessions_before / 4);
  EXPECT_LE(count("player_days"), 80);
  EXPECT_EQ(count("counters"), 1);
  reopen();
  for (size_t i = 0; i < answers.size(); ++i) EXPECT_EQ(run(answers[i]).rows, before[i].rows) << answers[i];
}

TEST_F(DuckDbStoreTest, CompactionAfterAReopenStillKnowsTheUnmergedDays) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(store_->apply(full_batch(project_)).ok());
  reopen();
  ASSERT_TRUE(store_->compact().ok());
  EXPECT_EQ(count("player_days"), 1);
  EXPECT_EQ(count("unmerged_days"), 0);
  ASSERT_TRUE(store_->apply(full_batch(project_)).ok());
  ASSERT_TRUE(store_->compact().ok());
  EXPECT_EQ(count("player_days"), 1);
}

TEST_F(DuckDbStoreTest, ReadersSeeWholeBatchesOnly) {
  std::atomic<bool> stop{false};
  std::atomic<int> torn{0};
  std::thread reader([&] {
    while (!stop) {
      const auto table = store_->run(
          {"SELECT (SELECT count(*) FROM events), (SELECT coalesce(sum(events), 0) FROM day_totals)", {}}, kTimeoutMs);
      if (!table.ok() || as_int(table.value().rows[0][0]) != as_int(table.value().rows[0][1])) ++torn;
    }
  });
  for (int i = 0; i < 20; ++i) {
    MicroBatch batch;
    for (int k = 0; k < 100; ++k) add_event(batch, kNow + k);
    batch.days.push_back({project_, Date{20'000}, 0, 0, 100, 0, 0, 0, 0, 0, 0});
    EXPECT_TRUE(store_->apply(batch).ok());
    if (i % 5 == 4) {
      EXPECT_TRUE(store_->compact().ok());
    }
  }
  stop = true;
  reader.join();
  EXPECT_EQ(torn, 0);
}

TEST_F(DuckDbStoreTest, ABrokenFileIsNamedWithTheWayOut) {
  store_.reset();
  std::ofstream(settings_.path, std::ios::binary | std::ios::trunc) << std::string(20'000, 'x');
  const auto opened = DuckDbStore::open(settings_);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, "gm-store-corrupt");
  EXPECT_THAT(opened.error().message,
              ::testing::AllOf(::testing::HasSubstr(settings_.path), ::testing::HasSubstr("rebuild")));
}

TEST_F(DuckDbStoreTest, AFileOfANewerVersionIsRefused) {
  store_.reset();
  {
    auto database = Database::open(settings_.path, {});
    ASSERT_TRUE(database.ok());
    auto connection = Connection::open(*database);
    ASSERT_TRUE(connection.ok());
    ASSERT_TRUE(connection->execute("INSERT INTO schema_version VALUES (99)").ok());
  }
  const auto opened = DuckDbStore::open(settings_);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, "gm-store-too-new");
}

TEST_F(DuckDbStoreTest, RestLeavesNothingToReadAgainAndChangesNoAnswer) {
  MicroBatch batch;
  for (int i = 0; i < 5000; ++i) add_event(batch, kNow + i);
  ASSERT_TRUE(store_->apply(batch).ok());
  const std::string log = settings_.path + ".wal";
  ASSERT_GT(std::filesystem::file_size(log), 100'000u);
  ASSERT_TRUE(store_->rest().ok());
  EXPECT_TRUE(!std::filesystem::exists(log) || std::filesystem::file_size(log) < 1000);
  EXPECT_EQ(count("events"), 5000);
}

TEST_F(DuckDbStoreTest, ACheckOpensAndWritesNothing) {
  MicroBatch batch;
  add_event(batch, kNow);
  ASSERT_TRUE(store_->apply(batch).ok());
  // As a crash leaves it: with a write-ahead log.
  const std::string crashed = (folder_ / "crashed.duckdb").string();
  std::filesystem::copy(settings_.path, crashed);
  std::filesystem::copy(settings_.path + ".wal", crashed + ".wal");
  const auto bytes_of = [](const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::string before = bytes_of(crashed), log_before = bytes_of(crashed + ".wal");
  DuckDbSettings settings = settings_;
  settings.path = crashed;
  EXPECT_TRUE(DuckDbStore::check(settings).ok());
  EXPECT_EQ(bytes_of(crashed), before);
  EXPECT_EQ(bytes_of(crashed + ".wal"), log_before);
  std::ofstream(crashed, std::ios::binary) << "no database at all";
  EXPECT_EQ(DuckDbStore::check(settings).error().code, "gm-store-corrupt");
}

}  // namespace
}  // namespace gm::duckdb
