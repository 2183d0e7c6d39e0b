#include "lib/query/activity_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace gm::query {
namespace {

using store::Value;
using testing::ElementsAre;

const ProjectId kGame = ProjectId::from_stored(1);
const ProjectId kOtherGame = ProjectId::from_stored(2);
const Date kDay{20'000};

// Answers the index's three statements from sets, and counts how often the players are read.
class SetStore final : public store::AnalyticsStore {
 public:
  Result<std::vector<store::LogPosition>> positions() override { return unused(); }
  Result<std::vector<store::PlayerState>> load_players(std::span<const store::PlayerWanted>) override {
    return unused();
  }
  Result<std::vector<bool>> find_event_ids(std::span<const store::EventIdWanted>) override { return unused(); }
  Status visit_event_ids(int64_t, const EventIdVisitor&) override { return unused(); }
  Result<std::optional<store::LinkedPlayer>> find_linked(ProjectId, const Uuid&) override { return unused(); }
  Status visit_events(std::span<const store::EventsWanted>, const EventVisitor&) override { return unused(); }
  Result<store::KnownShapes> known_shapes(ProjectId) override { return unused(); }
  Status apply(const store::MicroBatch&) override { return unused(); }
  Status compact() override { return unused(); }

  Result<store::Table> run(const store::Statement& statement, int64_t) override {
    const std::lock_guard lock(mutex);
    if (down) return Error{"gm-store-unavailable", "made to fail"};
    const auto project = ProjectId::from_stored(static_cast<uint32_t>(std::get<int64_t>(statement.parameters[0])));
    const DateRange range{std::get<Date>(statement.parameters[1]), std::get<Date>(statement.parameters[2])};
    if (statement.sql.find("day_totals") != std::string::npos) return totals(project, range);
    if (statement.parameters.size() == 3) return bounds(project, range);
    ++reads;
    store::Table table =
        blocks(project, range, std::get<int64_t>(statement.parameters[3]), std::get<int64_t>(statement.parameters[4]));
    rows_most = std::max(rows_most, table.rows.size());
    return table;
  }

  void add(ProjectId project, Date date, uint64_t player) {
    const std::lock_guard lock(mutex);
    players[{project, date}].insert(player);
  }

  std::map<std::pair<ProjectId, Date>, std::set<uint64_t>> players;
  int reads = 0;
  size_t rows_most = 0;
  bool down = false;

 private:
  static Error unused() { return {"gm-store-unavailable", "not used by this test"}; }

  template <typename Visit>
  void each_day(ProjectId project, DateRange range, Visit visit) {
    for (const auto& [key, active] : players) {
      if (key.first == project && key.second >= range.from && key.second <= range.to) visit(key.second, active);
    }
  }
  store::Table totals(ProjectId project, DateRange range) {
    store::Table table;
    each_day(project, range, [&](Date date, const std::set<uint64_t>& active) {
      std::vector<Value> row(9, int64_t{0});
      row[0] = date;
      row[1] = static_cast<int64_t>(active.size());
      table.rows.push_back(std::move(row));
    });
    return table;
  }
  store::Table bounds(ProjectId project, DateRange range) {
    std::set<uint64_t> all;
    each_day(project, range, [&](Date, const std::set<uint64_t>& active) { all.insert(active.begin(), active.end()); });
    if (all.empty()) return {{}, {{Value(), Value()}}};
    return {{}, {{static_cast<int64_t>(*all.begin()), static_cast<int64_t>(*all.rbegin())}}};
  }
  store::Table blocks(ProjectId project, DateRange range, int64_t from, int64_t to) {
    store::Table table;
    each_day(project, range, [&](Date date, const std::set<uint64_t>& active) {
      std::map<int64_t, int64_t> bits;
      for (const uint64_t player : active) {
        if (player < static_cast<uint64_t>(from) || player > static_cast<uint64_t>(to)) continue;
        bits[static_cast<int64_t>(player / kPlayersPerBlock)] += int64_t{1} << (player % kPlayersPerBlock);
      }
      for (const auto& [block, word] : bits) table.rows.push_back({date, block, word});
    });
    return table;
  }
  std::mutex mutex;
};

struct ActivityIndexTest : testing::Test {
  std::vector<int64_t> players(ActivityIndex& of, ProjectId project, DateRange range) {
    const auto days = of.days(project, range);
    EXPECT_TRUE(days.ok());
    return players_in_window(*days, 1);
  }

  SetStore store;
  ActivityIndex index{store, {1000, 1 << 20, 1000}};
};

TEST_F(ActivityIndexTest, ReadsADayOnceAndAgainOnlyWhenItChanged) {
  for (int day = 0; day < 10; ++day) store.add(kGame, kDay + day, static_cast<uint64_t>(day));
  const DateRange range{kDay, kDay + 11};
  EXPECT_THAT(players(index, kGame, range), ElementsAre(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0));
  EXPECT_EQ(store.reads, 1);
  players(index, kGame, range);
  EXPECT_EQ(store.reads, 1);
  store.add(kGame, kDay + 3, 70);
  store.add(kGame, kDay + 10, 70);
  EXPECT_THAT(players(index, kGame, range), ElementsAre(1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 0));
  EXPECT_EQ(store.reads, 3);  // two days that are not neighbours
}

TEST_F(ActivityIndexTest, NoStatementAnswersWithMoreRowsThanAllowed) {
  for (int day = 0; day < 5; ++day) {
    for (uint64_t player = 0; player < 3000; ++player)
      store.add(kGame, kDay + day, player * kPlayersPerBlock + player % 63);
  }
  EXPECT_THAT(players(index, kGame, {kDay, kDay + 4}), ElementsAre(3000, 3000, 3000, 3000, 3000));
  EXPECT_LE(store.rows_most, 1000u);
  EXPECT_EQ(store.reads, 15);
}

TEST_F(ActivityIndexTest, ProjectsAreApart) {
  store.add(kGame, kDay, 1);
  store.add(kOtherGame, kDay, 1);
  store.add(kOtherGame, kDay, 2);
  EXPECT_THAT(players(index, kGame, {kDay, kDay}), ElementsAre(1));
  EXPECT_THAT(players(index, kOtherGame, {kDay, kDay}), ElementsAre(2));
}

TEST_F(ActivityIndexTest, MemoryIsBoundedAndAnswersDoNotDependOnIt) {
  ActivityIndex small{store, {1000, 2000, 1000}};
  for (uint32_t project = 1; project <= 20; ++project) {
    for (int day = 0; day < 5; ++day) store.add(ProjectId::from_stored(project), kDay + day, project);
  }
  for (int round = 0; round < 2; ++round) {
    for (uint32_t project = 1; project <= 20; ++project) {
      EXPECT_THAT(players(small, ProjectId::from_stored(project), {kDay, kDay + 4}), ElementsAre(1, 1, 1, 1, 1));
      EXPECT_LE(small.bytes(), 2000u);
    }
  }
  ActivityIndex none{store, {1000, 0, 1000}};
  EXPECT_THAT(players(none, kGame, {kDay, kDay}), ElementsAre(1));
  EXPECT_EQ(none.bytes(), 0u);
}

TEST_F(ActivityIndexTest, AFailureIsPassedOnAndLeavesNothingWrong) {
  store.add(kGame, kDay, 1);
  store.down = true;
  const auto failed = index.days(kGame, {kDay, kDay});
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, "gm-store-unavailable");
  store.down = false;
  EXPECT_THAT(players(index, kGame, {kDay, kDay}), ElementsAre(1));
}

TEST_F(ActivityIndexTest, SeveralThreadsGetWholeAnswersWhileMemoryIsShort) {
  ActivityIndex small{store, {1000, 500, 1000}};
  for (uint32_t project = 1; project <= 4; ++project) {
    for (int day = 0; day < 8; ++day) store.add(ProjectId::from_stored(project), kDay + day, project);
  }
  std::vector<std::thread> threads;
  for (uint32_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (uint32_t i = 0; i < 200; ++i) {
        const auto days = small.days(ProjectId::from_stored(1 + (i + thread) % 4), {kDay, kDay + 7});
        ASSERT_TRUE(days.ok());
        EXPECT_EQ(players_in_window(*days, 8), std::vector<int64_t>{1});
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_LE(small.bytes(), 500u);
}

}  // namespace
}  // namespace gm::query
