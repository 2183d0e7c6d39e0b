// Seeded random streams through the processor against the naive model, with splits, restarts, tiny caches and failures.

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "adapters/duckdb/duckdb_store.h"
#include "services/event_processor/processor_fixture.h"

namespace gm::event_processor {
namespace {

constexpr int64_t kTimeoutMs = 60'000;

struct Scenario {
  explicit Scenario(uint64_t seed, size_t frame_count = 120, bool links = false)
      : random(seed * 7919 + 1),
        partitions(links ? 1 : static_cast<log::Partition>(random.below(3) + 1)),
        world(partitions),
        frames(RandomStream(seed, partitions, links).frames(frame_count)),
        settings(test_settings()) {
    settings.batch_events_max = static_cast<int64_t>(random.below(200) + 1);
    settings.batch_bytes_max = static_cast<int64_t>(random.below(60'000) + 1);
    settings.players_cached_max = static_cast<int64_t>(random.below(30) + 1);
    settings.compaction_rows = 500;
  }

  // Partition by partition, as the processor sees them.
  Answers expected() {
    NaiveModel model(stream_projects(), settings);
    for (const StreamFrame& frame : frames) {
      if (event::is_link_undo(frame.payload)) {
        model.add(event::decode_link_undo(frame.payload).value());
      } else {
        model.add(event::decode_batch(frame.payload).value());
      }
    }
    events = model.events();
    duplicates = model.duplicates;
    return model.answers();
  }

  SeededRandom random;
  log::Partition partitions;
  World world;
  std::vector<StreamFrame> frames;
  ProcessorSettings settings;
  size_t events = 0;
  uint64_t duplicates = 0;
};

class ProcessorProperty : public ::testing::TestWithParam<uint64_t> {};

void expect_the_models_numbers(Scenario& scenario) {
  FakeStore store;
  auto processor = scenario.world.processor(store, scenario.settings);
  ASSERT_TRUE(processor->start().ok());
  for (const StreamFrame& frame : scenario.frames) {
    scenario.world.append(frame);
    if (scenario.random.below(12) == 0) {
      ASSERT_TRUE(processor->catch_up(kTimeoutMs));
    }
    if (scenario.random.below(20) == 0) {
      processor = nullptr;  // stops wherever it is
      processor = scenario.world.processor(store, scenario.settings);
      ASSERT_TRUE(processor->start().ok());
    }
  }
  ASSERT_TRUE(processor->catch_up(kTimeoutMs));
  processor->stop();
  const Answers expected = scenario.expected();
  EXPECT_EQ(difference(expected, store.answers()), "");
  EXPECT_EQ(store.events, scenario.events);
  EXPECT_EQ(store.duplicates, scenario.duplicates);
  EXPECT_EQ(store.repeated_ids, 0u);
}

TEST_P(ProcessorProperty, AnySplitAndAnyRestartGivesTheModelsNumbers) {
  Scenario scenario(GetParam());
  expect_the_models_numbers(scenario);
}

// Events, links and undos in any order, split and restarted anywhere.
TEST_P(ProcessorProperty, LinksAndUndosGiveTheNumbersOfCanonicalPlayers) {
  Scenario scenario(GetParam() + 2000, 160, true);
  scenario.settings.ids_per_player_max = static_cast<int64_t>(2 + scenario.random.below(8));
  expect_the_models_numbers(scenario);
}

TEST_P(ProcessorProperty, FailuresOfTheStoreChangeNothing) {
  Scenario scenario(GetParam() + 1000, 60, GetParam() % 2 == 0);
  FakeStore store;
  SeededRandom trouble(GetParam());
  store.fault = [&trouble](std::string_view) {
    const uint64_t roll = trouble.below(12);
    return roll == 0 ? FakeStore::Fault::before : roll == 1 ? FakeStore::Fault::after : FakeStore::Fault::none;
  };
  auto processor = scenario.world.processor(store, scenario.settings);
  while (!processor->start().ok()) {
  }
  scenario.world.directory.failures = 2;
  for (const StreamFrame& frame : scenario.frames) scenario.world.append(frame);
  ASSERT_TRUE(processor->catch_up(kTimeoutMs));
  processor->stop();
  EXPECT_EQ(difference(scenario.expected(), store.answers()), "");
  EXPECT_EQ(store.duplicates, scenario.duplicates);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ProcessorProperty, ::testing::Range<uint64_t>(1, 25));

// Ends the processor at the k-th call of the store, for every k, and goes on with a new one on the same store and log.
TEST(ProcessorCrash, AtEveryStepOfTheWay) {
  for (const auto kind : {FakeStore::Fault::before, FakeStore::Fault::after}) {
    for (int crash_at = 1;; ++crash_at) {
      Scenario scenario(77, 25, true);
      scenario.settings.batch_events_max = 40;
      for (const StreamFrame& frame : scenario.frames) scenario.world.append(frame);
      FakeStore store;
      std::atomic<int> calls{0};
      // From the crash on nothing is answered, as in a process that is gone.
      store.fault = [&](std::string_view) {
        const int call = ++calls;
        if (call < crash_at) return FakeStore::Fault::none;
        return call == crash_at ? kind : FakeStore::Fault::before;
      };
      auto processor = scenario.world.processor(store, scenario.settings);
      const bool started = processor->start().ok();
      bool finished = false;
      while (started && calls < crash_at && !finished) finished = processor->catch_up(1);
      processor = nullptr;
      const bool reached = calls >= crash_at;
      store.fault = [](std::string_view) { return FakeStore::Fault::none; };
      processor = scenario.world.processor(store, scenario.settings);
      ASSERT_TRUE(processor->start().ok());
      ASSERT_TRUE(processor->catch_up(kTimeoutMs));
      processor->stop();
      ASSERT_EQ(difference(scenario.expected(), store.answers()), "") << "crash at call " << crash_at;
      ASSERT_EQ(store.repeated_ids, 0u);
      if (!reached) break;
      ASSERT_LT(crash_at, 1000) << "the run never gets through";
    }
  }
}

// --- the same against the real store ---

class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_(std::filesystem::temp_directory_path() / fmt::format("gm_processor_{}_{}", getpid(), ++count_)) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  static inline int count_ = 0;
  std::filesystem::path path_;
};

std::unique_ptr<duckdb::DuckDbStore> open_store(const std::filesystem::path& folder) {
  auto store = duckdb::DuckDbStore::open({(folder / "analytics.duckdb").string(), 256 << 20, 2, 1'000'000});
  EXPECT_TRUE(store.ok()) << store.error().message;
  return std::move(*store);
}

constexpr const char* kQuestions[] = {
    "SELECT 'day ' || project || ' ' || date, sum(players), sum(new_players), sum(events), sum(late_events), "
    "sum(sessions), "
    "sum(session_ms), sum(payers), sum(purchases), sum(revenue_micros) FROM day_totals GROUP BY ALL",
    "SELECT 'cohort ' || project || ' ' || cohort_date || ' ' || date, sum(players), sum(revenue_micros) FROM "
    "cohort_days GROUP BY ALL",
    "SELECT 'event ' || project || ' ' || date || ' ' || event, sum(events) FROM event_days GROUP BY ALL",
    "SELECT 'player_day ' || d.project || ' ' || p.player_id || ' ' || d.cohort_date || ' ' || d.date, sum(d.active), "
    "sum(d.payer), "
    "sum(d.events), sum(d.sessions), sum(d.session_ms), sum(d.revenue_micros) FROM player_days d "
    "JOIN (SELECT player, any_value(player_id) AS player_id FROM players GROUP BY player) p USING (player) GROUP BY "
    "ALL",
    "SELECT 'session ' || s.project || ' ' || p.player_id || ' ''' || s.session || ''' ' || s.date || ' ' || "
    "epoch_ms(s.started_at::TIMESTAMP) || ' ' || epoch_ms(s.ended_at::TIMESTAMP) || ' ' || s.events || ' ' || "
    "s.length_ms, sum(s.sign) FROM "
    "sessions s "
    "JOIN (SELECT player, any_value(player_id) AS player_id FROM players GROUP BY player) p USING (player) GROUP BY "
    "ALL",
    "SELECT 'player ' || project || ' ' || player_id || ' ' || arg_max(cohort_date, version), "
    "epoch_ms(arg_max(first_seen, version)::TIMESTAMP), epoch_ms(arg_max(last_seen, version)::TIMESTAMP), "
    "arg_max(events, version), "
    "arg_max(sessions, version), arg_max(revenue_micros, version) FROM canonical_players GROUP BY project, player_id",
    "SELECT 'link ' || l.project || ' ' || l.member_id || ' ' || l.player_id, 1 FROM identity_links l WHERE l.outcome "
    "= "
    "'joined' AND NOT EXISTS (SELECT 1 FROM identity_links u WHERE u.link = l.link AND u.outcome = 'parted')",
    "SELECT 'unconverted ' || project || ' ' || date || ' ' || currency, sum(events), sum(micros) FROM "
    "unconverted_days "
    "GROUP BY ALL",
    "SELECT 'event_shape ' || project || ' ' || event, sum(events), epoch_ms(min(first_seen)::TIMESTAMP), "
    "epoch_ms(max(last_seen)::TIMESTAMP) FROM event_shapes GROUP BY ALL",
    "SELECT 'property_shape ' || project || ' ' || event || ' ' || property || ' ' || "
    "['string', 'number', 'boolean', 'list', 'object', 'null'][type + 1], sum(seen), "
    "epoch_ms(min(first_seen)::TIMESTAMP), epoch_ms(max(last_seen)::TIMESTAMP) FROM property_shapes GROUP BY "
    "project, event, property, type",
    "SELECT 'events_of ' || e.project || ' ' || p.player_id, count(*) FROM player_events e JOIN (SELECT player, "
    "any_value(player_id) AS player_id FROM canonical_players GROUP BY player) p USING (player) GROUP BY ALL",
};

Answers answers_of(store::AnalyticsStore& store) {
  Answers answers;
  for (const char* sql : kQuestions) {
    const auto table = store.run({sql, {}}, kTimeoutMs);
    EXPECT_TRUE(table.ok()) << table.error().message;
    for (const auto& row : table.value().rows) {
      std::vector<int64_t> values;
      for (size_t i = 1; i < row.size(); ++i) values.push_back(store::as_int(row[i]));
      add_to(answers, std::get<std::string>(row[0]), values);
    }
  }
  drop_zeros(answers);
  return answers;
}

int64_t number(store::AnalyticsStore& store, const char* sql) {
  return store::as_int(store.run({sql, {}}, kTimeoutMs).value().rows[0][0]);
}

class ProcessorOnDuckDb : public ::testing::TestWithParam<uint64_t> {};

TEST_P(ProcessorOnDuckDb, GivesTheModelsNumbersAcrossRestartsAndCompactions) {
  Scenario scenario(GetParam(), 80, GetParam() % 2 == 1);
  scenario.settings.batch_events_max = std::max<int64_t>(scenario.settings.batch_events_max, 60);
  scenario.settings.batch_bytes_max = 1 << 20;
  TemporaryFolder folder;
  auto store = open_store(folder.path());
  auto processor = scenario.world.processor(*store, scenario.settings);
  ASSERT_TRUE(processor->start().ok());
  for (const StreamFrame& frame : scenario.frames) {
    scenario.world.append(frame);
    if (scenario.random.below(25) != 0) continue;
    processor = nullptr;
    store = nullptr;
    store = open_store(folder.path());
    processor = scenario.world.processor(*store, scenario.settings);
    ASSERT_TRUE(processor->start().ok());
  }
  ASSERT_TRUE(processor->catch_up(kTimeoutMs));
  processor->stop();
  const Answers expected = scenario.expected();
  EXPECT_EQ(difference(expected, answers_of(*store)), "");
  EXPECT_EQ(number(*store, "SELECT count(*) FROM events"), static_cast<int64_t>(scenario.events));
  EXPECT_EQ(number(*store, "SELECT sum(value) FROM counters WHERE name = 'duplicates'"),
            static_cast<int64_t>(scenario.duplicates));
  ASSERT_TRUE(store->compact().ok());
  EXPECT_EQ(difference(expected, answers_of(*store)), "") << "after compaction";
}

// The store's files as a killed process leaves them: copied at any moment while the processor writes.
TEST_P(ProcessorOnDuckDb, ResumesFromTheFilesOfAKilledProcess) {
  Scenario scenario(GetParam() + 500, 60);
  scenario.settings.batch_events_max = 60;
  scenario.settings.compaction_rows = 1'000'000;  // no checkpoint may come between the copies of the two files
  TemporaryFolder folder;
  TemporaryFolder copy;
  {
    auto store = open_store(folder.path());
    auto processor = scenario.world.processor(*store, scenario.settings);
    ASSERT_TRUE(processor->start().ok());
    for (size_t i = 0; i < scenario.frames.size(); ++i) {
      scenario.world.append(scenario.frames[i]);
      if (i == scenario.frames.size() / 2) {
        const log::Offset some = scenario.world.log.end(log::Topic::events_raw, 0) / 3;
        ASSERT_TRUE(processor->wait_until_applied(log::Topic::events_raw, 0, some, kTimeoutMs));
        std::filesystem::copy(folder.path(), copy.path(), std::filesystem::copy_options::overwrite_existing);
      }
    }
    ASSERT_TRUE(processor->catch_up(kTimeoutMs));
  }
  auto store = open_store(copy.path());
  auto processor = scenario.world.processor(*store, scenario.settings);
  ASSERT_TRUE(processor->start().ok());
  ASSERT_TRUE(processor->catch_up(kTimeoutMs));
  processor->stop();
  EXPECT_EQ(difference(scenario.expected(), answers_of(*store)), "");
  EXPECT_EQ(number(*store, "SELECT count(*) FROM events"), static_cast<int64_t>(scenario.events));
}

// Whoever holds a public write key can send amounts that add up to more than 64 bits; the player must stay readable,
// by the processor that ran and by one that starts, and days must still be merged.
void send_more_revenue_than_fits(bool restart) {
  constexpr int kEvents = 10'000;
  constexpr int64_t kAmount = 999'999'999'999'999;
  World world;
  TemporaryFolder folder;
  auto store = open_store(folder.path());
  ProcessorSettings settings = test_settings();
  settings.players_cached_max = restart ? 1 : settings.players_cached_max;
  auto processor = world.processor(*store, settings);
  ASSERT_TRUE(processor->start().ok());
  event::BatchInfo info;
  info.project = ProjectId::from_stored(1);
  info.received_ms = kStreamStartMs + 20 * kMsPerDay;
  info.historical = true;
  uint64_t id = 0;
  const auto send = [&](int64_t time_ms, int count) {
    std::vector<event::Event> events(static_cast<size_t>(count));
    for (event::Event& event : events) {
      event.id = Uuid{7, ++id};
      event.name = "purchase";
      event.player = "x";
      event.time_ms = time_ms;
      event.revenue_micros = kAmount;
      event.currency = "USD";
    }
    world.append(info, events);
    ASSERT_TRUE(processor->catch_up(kTimeoutMs));
    if (!restart) return;
    processor = nullptr;
    store = nullptr;
    store = open_store(folder.path());
    processor = world.processor(*store, settings);
    ASSERT_TRUE(processor->start().ok());
  };
  send(kStreamStartMs, kEvents / 2);
  send(kStreamStartMs, kEvents / 2);
  send(kStreamStartMs + 10 * kMsPerDay, 1);
  send(kStreamStartMs, 1);
  processor->stop();
  EXPECT_EQ(number(*store, "SELECT count(*) FROM events"), kEvents + 2);
  EXPECT_EQ(number(*store, "SELECT sum(events) FROM day_totals"), kEvents + 2);
  const auto compacted = store->compact();
  ASSERT_TRUE(compacted.ok()) << compacted.error().message;
  EXPECT_EQ(number(*store, "SELECT sum(events) FROM player_days"), kEvents + 2);
  EXPECT_EQ(number(*store, "SELECT max(revenue_micros) FROM day_totals"), INT64_MAX);
  EXPECT_EQ(number(*store, "SELECT min(revenue_micros) FROM day_totals"), kAmount);
}

TEST(ProcessorOverflow, RevenueBeyond64BitsStopsAtItsBoundAndNothingElseStops) { send_more_revenue_than_fits(false); }
TEST(ProcessorOverflow, RevenueBeyond64BitsSurvivesARestart) { send_more_revenue_than_fits(true); }

INSTANTIATE_TEST_SUITE_P(Seeds, ProcessorOnDuckDb, ::testing::Range<uint64_t>(1, 4));

}  // namespace
}  // namespace gm::event_processor
