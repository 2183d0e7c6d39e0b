#include "services/event_processor/deduper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "lib/base/random.h"
#include "lib/base/time.h"
#include "services/event_processor/fake_store.h"

namespace gm::event_processor {
namespace {

using ::testing::ElementsAre;

constexpr int64_t kNow = 1'790'000'000'000;
constexpr int64_t kWindow = 7 * kMsPerDay;

class DeduperTest : public ::testing::Test {
 protected:
  ReceivedId id(uint64_t number, int64_t received_ms = kNow) {
    return {project_, Uuid{number, number * 77}, received_ms};
  }

  void store_ids(const std::vector<ReceivedId>& ids) {
    store::MicroBatch batch;
    std::deque<event::Event> events;
    for (const ReceivedId& one : ids) {
      events.emplace_back().id = one.id;
      store::EventRow row;
      row.project = one.project;
      row.received_ms = one.received_ms;
      row.event = &events.back();
      batch.events.push_back(row);
    }
    ASSERT_TRUE(store_.apply(batch).ok());
  }
  std::vector<bool> repeats(Deduper& deduper, const std::vector<ReceivedId>& ids) {
    auto found = deduper.find_repeats(ids);
    EXPECT_TRUE(found.ok());
    return found.ok() ? *found : std::vector<bool>();
  }

  ProjectId project_ = ProjectId::from_stored(1);
  FakeStore store_;
};

TEST_F(DeduperTest, FindsRepeatsInsideABatchAndKeepsTheFirst) {
  Deduper deduper(store_, 1 << 20, kWindow);
  EXPECT_THAT(repeats(deduper, {id(1), id(2), id(1), id(1), id(3)}), ElementsAre(false, false, true, true, false));
  EXPECT_THAT(repeats(deduper, {id(1)}), ElementsAre(false)) << "asking must not remember";
}

TEST_F(DeduperTest, TheSameIdOfAnotherProjectIsNoRepeat) {
  Deduper deduper(store_, 1 << 20, kWindow);
  ReceivedId other = id(1);
  other.project = ProjectId::from_stored(2);
  EXPECT_THAT(repeats(deduper, {id(1), other}), ElementsAre(false, false));
}

TEST_F(DeduperTest, FindsLatestIdsWithoutAskingTheStore) {
  Deduper deduper(store_, 1 << 20, kWindow);
  deduper.remember(std::vector<ReceivedId>{id(1), id(2)});
  EXPECT_THAT(repeats(deduper, {id(2, kNow + 5), id(9)}), ElementsAre(true, false));
  EXPECT_EQ(store_.asked, 0u);
}

TEST_F(DeduperTest, AsksTheStoreOnlyForWhatTheFilterKnows) {
  std::vector<ReceivedId> ids;
  for (uint64_t i = 1; i <= 20'000; ++i) ids.push_back(id(i, kNow + static_cast<int64_t>(i)));
  store_ids(ids);
  Deduper deduper(store_, 1 << 20, kWindow);
  ASSERT_TRUE(deduper.warm(std::atomic<bool>{false}).ok());
  EXPECT_THAT(repeats(deduper, {id(5, kNow + kMsPerDay), id(1'000'000), id(20'000, kNow + kMsPerDay)}),
              ElementsAre(true, false, true));
  EXPECT_EQ(store_.asked, 2u);
}

TEST_F(DeduperTest, ManyIdsPushOlderOnesOutOfTheLatestButNotOutOfTheCount) {
  Deduper deduper(store_, 1 << 20, kWindow);
  std::vector<ReceivedId> ids;
  for (uint64_t i = 1; i <= 50'000; ++i) ids.push_back(id(i));
  store_ids(ids);
  deduper.remember(ids);
  const auto found = repeats(deduper, ids);
  EXPECT_EQ(std::count(found.begin(), found.end(), true), 50'000);
  EXPECT_GT(store_.asked, 0u);
}

TEST_F(DeduperTest, APastTheWindowIdCountsAgain) {
  store_ids({id(1)});
  Deduper deduper(store_, 1 << 20, kWindow);
  ASSERT_TRUE(deduper.warm(std::atomic<bool>{false}).ok());
  EXPECT_THAT(repeats(deduper, {id(1, kNow + kWindow)}), ElementsAre(true));
  EXPECT_THAT(repeats(deduper, {id(1, kNow + kWindow + 1)}), ElementsAre(false));
}

TEST_F(DeduperTest, AFilterThatIsFarTooSmallStaysExact) {
  std::vector<ReceivedId> ids;
  for (uint64_t i = 1; i <= 30'000; ++i) ids.push_back(id(i));
  store_ids(ids);
  Deduper deduper(store_, 32 << 10, kWindow);
  ASSERT_TRUE(deduper.warm(std::atomic<bool>{false}).ok());
  const auto old = repeats(deduper, ids);
  EXPECT_EQ(std::count(old.begin(), old.end(), true), 30'000);
  for (ReceivedId& one : ids) one.id.high += 1'000'000;
  const auto fresh = repeats(deduper, ids);
  EXPECT_EQ(std::count(fresh.begin(), fresh.end(), true), 0);
}

TEST_F(DeduperTest, AFilterGrowsWhenItIsFullAndForgetsNothing) {
  Deduper deduper(store_, 1 << 20, kWindow);
  std::vector<ReceivedId> ids;
  for (uint64_t i = 1; i <= 100'000; ++i) ids.push_back(id(i * 31));
  for (size_t from = 0; from < ids.size(); from += 10'000) {
    const std::vector<ReceivedId> some(ids.begin() + static_cast<ptrdiff_t>(from),
                                       ids.begin() + static_cast<ptrdiff_t>(from) + 10'000);
    store_ids(some);
    // A store that does not answer at the moment of growth costs questions, not ids.
    store_.fault = [&](std::string_view call) {
      return call == "visit_event_ids" && from == 10'000 ? FakeStore::Fault::before : FakeStore::Fault::none;
    };
    deduper.remember(some);
  }
  store_.fault = [](std::string_view) { return FakeStore::Fault::none; };
  const auto found = repeats(deduper, ids);
  EXPECT_EQ(std::count(found.begin(), found.end(), true), 100'000);
  const uint64_t asked = store_.asked;
  for (ReceivedId& one : ids) one.id.high += 1ull << 40;
  const auto fresh = repeats(deduper, ids);
  EXPECT_EQ(std::count(fresh.begin(), fresh.end(), true), 0);
  EXPECT_LT(store_.asked - asked, 1000u) << "a filter that did not grow asks for nearly everything";
}

TEST_F(DeduperTest, WarmingStopsWhenTold) {
  std::vector<ReceivedId> ids;
  for (uint64_t i = 1; i <= 1000; ++i) ids.push_back(id(i));
  store_ids(ids);
  Deduper deduper(store_, 1 << 20, kWindow);
  ASSERT_TRUE(deduper.warm(std::atomic<bool>{true}).ok());
  repeats(deduper, ids);
  EXPECT_LT(store_.asked, 10u);
}

TEST_F(DeduperTest, AnErrorOfTheStoreIsHandedOn) {
  store_ids({id(1)});
  Deduper deduper(store_, 1 << 20, kWindow);
  ASSERT_TRUE(deduper.warm(std::atomic<bool>{false}).ok());
  store_.fault = [](std::string_view) { return FakeStore::Fault::before; };
  EXPECT_FALSE(deduper.find_repeats(std::vector<ReceivedId>{id(1)}).ok());
}

}  // namespace
}  // namespace gm::event_processor
