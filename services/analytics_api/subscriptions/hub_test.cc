#include "services/analytics_api/subscriptions/hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/telemetry/catalog.h"
#include "lib/telemetry/catalog_graphql.h"

namespace gm::analytics_api {
namespace {

using graphql::Source;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct RecordingSink final : Sink {
  bool open() const override { return is_open; }
  bool ready() const override { return is_ready; }
  bool next(std::string_view response) override {
    if (is_open) said.emplace_back(response);
    return is_open;
  }
  void complete() override { said.emplace_back("complete"); }
  bool keep_alive() override {
    if (is_open) said.emplace_back("alive");
    return is_open;
  }
  std::vector<std::string> take() { return std::exchange(said, {}); }

  bool is_open = true, is_ready = true;
  std::vector<std::string> said;
};

// What a test puts in comes out.
struct Script {
  Source::Kind kind = Source::Kind::events;
  std::vector<Source::Taken> waiting;
  int64_t interval_ms = 100;
  bool ended = false;
};
class ScriptedSource final : public Source {
 public:
  explicit ScriptedSource(std::shared_ptr<Script> script) : script_(std::move(script)) {}
  ~ScriptedSource() override { script_->ended = true; }
  Kind kind() const override { return script_->kind; }
  Taken take() override {
    if (script_->waiting.empty()) return {};
    Taken taken = script_->waiting.front();
    script_->waiting.erase(script_->waiting.begin());
    return taken;
  }
  int64_t interval_ms() const override { return script_->interval_ms; }

 private:
  std::shared_ptr<Script> script_;
};

Source::Taken event(int number, uint64_t lost = 0, bool more = false) {
  return {graphql::Value::Object{std::make_shared<const int>(number), {}}, lost, more};
}

struct HubTest : testing::Test {
  uint64_t start(int64_t key = 7) {
    auto place = hub.take_place(key);
    EXPECT_TRUE(place.ok());
    Plan plan;
    plan.source = std::make_unique<ScriptedSource>(script);
    plan.respond = [](const graphql::Value::Object& object) {
      return "response " + std::to_string(*static_cast<const int*>(object.data.get()));
    };
    plan.allowed = [this] { return allowed; };
    return hub.start(std::move(*place), std::move(plan), sink);
  }
  std::vector<std::string> after(int64_t ms) {
    clock.advance_ms(ms);
    hub.run_due();
    return sink->take();
  }
  uint64_t ended(std::string_view why) {
    return registry.counter(telemetry::kGraphqlSubscriptionsEnded, {why}).value();
  }

  ManualClock clock{0};
  telemetry::Registry registry;
  Hub hub{{3, 2, 0, 1000}, clock, registry};
  std::shared_ptr<Script> script = std::make_shared<Script>();
  std::shared_ptr<RecordingSink> sink = std::make_shared<RecordingSink>();
  Status allowed;
};

TEST_F(HubTest, EventsBecomeResponsesAtTheSourcesPace) {
  script->waiting = {event(1), event(1), event(2)};
  start();
  EXPECT_THAT(after(0), ElementsAre("response 1"));
  EXPECT_THAT(after(99), IsEmpty());
  EXPECT_THAT(after(1), ElementsAre("response 1"));
  EXPECT_THAT(after(100), ElementsAre("response 2"));
  EXPECT_EQ(registry.counter(telemetry::kGraphqlSubscriptionResponses).value(), 3u);
}

TEST_F(HubTest, WhatIsThereAlreadyFollowsAtOnce) {
  script->waiting = {event(1, 0, true), event(2)};
  start();
  EXPECT_THAT(after(0), ElementsAre("response 1"));
  EXPECT_THAT(after(0), ElementsAre("response 2"));
  EXPECT_THAT(after(0), IsEmpty());
}

TEST_F(HubTest, AStateIsSentWhenItIsAnother) {
  script->kind = Source::Kind::state;
  script->waiting = {event(1), event(1), event(2), event(1)};
  start();
  EXPECT_THAT(after(0), ElementsAre("response 1"));
  EXPECT_THAT(after(100), IsEmpty());
  EXPECT_THAT(after(100), ElementsAre("response 2"));
  EXPECT_THAT(after(100), ElementsAre("response 1"));
}

TEST_F(HubTest, AReaderThatIsBehindIsNotSentMore) {
  script->kind = Source::Kind::state;
  script->waiting = {event(1), event(2)};
  start();
  sink->is_ready = false;
  EXPECT_THAT(after(0), IsEmpty());
  EXPECT_THAT(after(100), IsEmpty());
  EXPECT_EQ(registry.counter(telemetry::kGraphqlStatesSkipped).value(), 2u);
  EXPECT_EQ(script->waiting.size(), 2u);
  sink->is_ready = true;
  EXPECT_THAT(after(100), ElementsAre("response 1"));
}

TEST_F(HubTest, NothingIsLostSilently) {
  script->waiting = {event(1, 5), event(2), event(3, 2)};
  start();
  const auto first = after(0);
  ASSERT_EQ(first.size(), 2u);
  EXPECT_THAT(first[0], HasSubstr(R"("extensions":{"code":"gm-subscription-lost","lost":5,"lostTotal":5})"));
  EXPECT_EQ(first[1], "response 1");
  EXPECT_THAT(after(100), ElementsAre("response 2"));
  EXPECT_THAT(after(100), ElementsAre(HasSubstr(R"("lost":2,"lostTotal":7)"), "response 3"));
  EXPECT_EQ(registry.counter(telemetry::kGraphqlEventsLost).value(), 7u);
}

TEST_F(HubTest, ASilentSubscriptionShowsThatItIsAlive) {
  script->interval_ms = 60'000;
  script->waiting = {event(1)};
  start();
  EXPECT_THAT(after(0), ElementsAre("response 1"));
  EXPECT_THAT(after(999), IsEmpty());
  EXPECT_THAT(after(1), ElementsAre("alive"));
  EXPECT_THAT(after(1000), ElementsAre("alive"));
}

TEST_F(HubTest, AClientThatHasGoneEndsItsSubscription) {
  start();
  after(0);
  sink->is_open = false;
  after(100);
  EXPECT_TRUE(script->ended);
  EXPECT_EQ(hub.open(), 0u);
  EXPECT_EQ(ended("client_gone"), 1u);
}

TEST_F(HubTest, AServerThatStopsSaysSoAndCompletes) {
  const uint64_t number = start();
  after(0);
  hub.end(number, Ending::server_stops);
  hub.end(number, Ending::client_gone);  // the first word counts
  EXPECT_THAT(after(0), ElementsAre(HasSubstr("gm-server-stopping"), "complete"));
  EXPECT_TRUE(script->ended);
  EXPECT_EQ(ended("server_stops"), 1u);
  hub.end(number, Ending::client_gone);
  EXPECT_THAT(after(0), IsEmpty());
}

TEST_F(HubTest, AClientThatCompletesHearsNothingMore) {
  script->waiting = {event(1)};
  hub.end(start(), Ending::client_completed);
  EXPECT_THAT(after(0), IsEmpty());
  EXPECT_EQ(ended("client_completed"), 1u);
}

TEST_F(HubTest, AKeyThatWasRevokedReadsNothingMore) {
  script->waiting = {event(1), event(2)};
  start();
  EXPECT_THAT(after(0), ElementsAre("response 1"));
  allowed = Error{"gm-key-unknown", "this key is not known here, or was revoked"};
  EXPECT_THAT(after(100), ElementsAre(HasSubstr("gm-key-unknown"), "complete"));
  EXPECT_TRUE(script->ended);
  EXPECT_EQ(ended("key_refused"), 1u);
}

TEST_F(HubTest, PlacesAreLimitedAKeyAndInAll) {
  auto a = hub.take_place(1);
  auto b = hub.take_place(1);
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(hub.take_place(1).error().code, "gm-graphql-too-many-subscriptions");
  auto c = hub.take_place(2);
  ASSERT_TRUE(c.ok());
  EXPECT_EQ(hub.take_place(3).error().code, "gm-graphql-too-many-subscriptions");
  EXPECT_EQ(registry.gauge(telemetry::kGraphqlSubscriptions).value(), 3);
  *a = nullptr;
  EXPECT_TRUE(hub.take_place(1).ok());
  EXPECT_EQ(registry.gauge(telemetry::kGraphqlSubscriptions).value(), 2);
}

TEST_F(HubTest, ASubscriptionThatEndsGivesItsPlaceBack) {
  start(1);
  const uint64_t second = start(1);
  EXPECT_FALSE(hub.take_place(1).ok());
  hub.end(second, Ending::client_completed);
  hub.run_due();
  EXPECT_TRUE(hub.take_place(1).ok());
}

TEST(HubThreadsTest, SubscriptionsRunByThemselves) {
  SystemClock clock;
  telemetry::Registry registry;
  const auto script = std::make_shared<Script>();
  script->waiting = {event(1)};
  const auto sink = std::make_shared<RecordingSink>();
  {
    Hub hub({1, 1, 2, 1000}, clock, registry);
    Plan plan;
    plan.source = std::make_unique<ScriptedSource>(script);
    plan.respond = [](const auto&) { return "response"; };
    plan.allowed = [] { return Status(); };
    const uint64_t number = hub.start(*hub.take_place(1), std::move(plan), sink);
    hub.end(number, Ending::server_stops);
    while (hub.open() > 0) std::this_thread::yield();
  }
  ASSERT_FALSE(sink->said.empty());
  EXPECT_EQ(sink->said.back(), "complete");
  EXPECT_TRUE(script->ended);
}

}  // namespace
}  // namespace gm::analytics_api
