#include "services/analytics_api/subscriptions/sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gm::analytics_api {
namespace {

using testing::ElementsAre;

const ProjectId kGame = ProjectId::from_stored(1);

// Keeps one listener and passes on to it.
class OneListener final : public store::LiveState {
 public:
  void publish(ProjectId, const std::vector<store::LiveEvent>& events) override {
    for (const auto& event : events) listener(event);
  }
  store::LiveSnapshot snapshot(ProjectId, int64_t) override { return {}; }
  uint64_t subscribe(ProjectId project, Listener given) override {
    EXPECT_EQ(project, kGame);
    listener = std::move(given);
    return 1;
  }
  void unsubscribe(uint64_t subscription) override {
    EXPECT_EQ(subscription, 1u);
    listener = nullptr;
  }
  Listener listener;
};

store::LiveEvent event(std::string name, std::string player = "ada", std::string country = "SE") {
  store::LiveEvent made;
  made.event = std::move(name);
  made.player = std::move(player);
  made.country = std::move(country);
  made.properties = "{}";
  return made;
}

std::vector<std::string> names(const graphql::Source::Taken& taken) {
  std::vector<std::string> all;
  if (!taken.event) return all;
  for (const auto& each : *static_cast<const LiveEventSource::LiveEvents*>(taken.event->data.get()))
    all.push_back(each.event);
  return all;
}

TEST(LiveEventSourceTest, EventsComeInBatchesInTheirOrder) {
  OneListener live;
  LiveEventSource source(live, kGame, {}, {1 << 20, 2, 50});
  EXPECT_FALSE(source.take().event);
  live.publish(kGame, {event("a"), event("b"), event("c")});
  auto taken = source.take();
  EXPECT_THAT(names(taken), ElementsAre("a", "b"));
  EXPECT_TRUE(taken.more);
  taken = source.take();
  EXPECT_THAT(names(taken), ElementsAre("c"));
  EXPECT_FALSE(taken.more);
  EXPECT_FALSE(source.take().event);
}

TEST(LiveEventSourceTest, WhatDoesNotFitIsCounted) {
  OneListener live;
  LiveEventSource source(live, kGame, {}, {2 * sizeof(store::LiveEvent) + 100, 10, 50});
  live.publish(kGame, {event("a"), event("b"), event("c"), event("d")});
  const auto taken = source.take();
  EXPECT_THAT(names(taken), ElementsAre("a", "b"));
  EXPECT_EQ(taken.lost, 2u);
  live.publish(kGame, {event("e")});
  EXPECT_THAT(names(source.take()), ElementsAre("e"));
  EXPECT_EQ(source.take().lost, 0u);
}

TEST(LiveEventSourceTest, AFilterTakesWhatFitsAllItsLists) {
  OneListener live;
  LiveEventFilter filter;
  filter.events = {"a", "b"};
  filter.players = {"ada"};
  filter.countries = {"SE", "FI"};
  LiveEventSource source(live, kGame, filter, {1 << 20, 10, 50});
  live.publish(kGame, {event("a"), event("c"), event("b", "bob"), event("b", "ada", "DE"), event("b", "ada", "FI")});
  const auto taken = source.take();
  EXPECT_THAT(names(taken), ElementsAre("a", "b"));
  EXPECT_EQ(taken.lost, 0u);
}

TEST(LiveEventSourceTest, ItStopsListening) {
  OneListener live;
  {
    LiveEventSource source(live, kGame, {}, {1, 1, 1});
    EXPECT_TRUE(live.listener);
  }
  EXPECT_FALSE(live.listener);
}

TEST(StateSourceTest, ThereIsAlwaysAState) {
  StateSource source(2000);
  EXPECT_EQ(source.kind(), graphql::Source::Kind::state);
  EXPECT_TRUE(source.take().event);
  EXPECT_TRUE(source.take().event);
  EXPECT_EQ(source.interval_ms(), 2000);
}

}  // namespace
}  // namespace gm::analytics_api
