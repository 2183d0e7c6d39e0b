#include "adapters/sqlite/notifications.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace gm::sqlite {
namespace {

const ProjectId kGame = ProjectId::from_stored(1), kOther = ProjectId::from_stored(2);

struct NotificationsTest : testing::Test {
  NotificationsTest() {
    std::filesystem::create_directories(folder);
    open();
  }
  ~NotificationsTest() override {
    store.reset();
    std::filesystem::remove_all(folder);
  }
  void open() {
    store.reset();
    auto opened = open_notifications((folder / "notifications.sqlite").string());
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    store = std::move(*opened);
  }
  store::Channel channel(const std::string& id) const {
    return {id, kGame, store::ChannelKind::webhook, "Ops", "https://hooks.example", "whsec_x", true, "", 1000};
  }
  store::AlertRule rule(const std::string& id) const {
    return {id, kGame, "Few players", R"({"metric":"dau"})", {"c1", "c2"}, true, 1000};
  }

  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("gm_alerts_" + std::to_string(getpid()));
  std::unique_ptr<store::NotificationStore> store;
};

TEST_F(NotificationsTest, channels_and_rules_are_kept_as_they_were_given) {
  ASSERT_TRUE(store->add_channel(channel("c1")).ok());
  ASSERT_TRUE(store->add_rule(rule("r1")).ok());
  open();
  const store::Channel kept = store->channel(kGame, "c1")->value();
  EXPECT_EQ(kept.target, "https://hooks.example");
  EXPECT_EQ(kept.secret, "whsec_x");
  EXPECT_TRUE(kept.enabled);
  const store::WatchedRule watched = store->rule(kGame, "r1")->value();
  EXPECT_EQ(watched.rule.channels, (std::vector<std::string>{"c1", "c2"}));
  EXPECT_EQ(watched.rule.definition, R"({"metric":"dau"})");
  EXPECT_EQ(watched.state.phase, store::AlertPhase::ok);
  EXPECT_FALSE(watched.state.value);
}

TEST_F(NotificationsTest, nothing_of_another_project_is_found_changed_or_removed) {
  ASSERT_TRUE(store->add_channel(channel("c1")).ok());
  ASSERT_TRUE(store->add_rule(rule("r1")).ok());
  EXPECT_TRUE(store->channels(kOther)->empty());
  EXPECT_FALSE(store->channel(kOther, "c1")->has_value());
  EXPECT_FALSE(store->rule(kOther, "r1")->has_value());
  EXPECT_FALSE(*store->remove_channel(kOther, "c1", 1));
  store::Channel stolen = channel("c1");
  stolen.project = kOther;
  EXPECT_FALSE(*store->change_channel(stolen, 1));
  store::AlertRule changed = rule("r1");
  changed.project = kOther;
  EXPECT_FALSE(*store->change_rule(changed));
  store::RuleStep last;
  last.rule = "r1";
  EXPECT_FALSE(*store->remove_rule(kOther, last));
  store::Delivery delivery;
  delivery.id = "m1";
  delivery.project = kOther;
  delivery.channel = "c1";
  ASSERT_TRUE(store->add_delivery(delivery).ok());
  EXPECT_FALSE(store->next_due(10, {})->has_value()) << "a message to another project's channel";
  EXPECT_TRUE(store->channel(kGame, "c1")->has_value());
  EXPECT_TRUE(store->rule(kGame, "r1")->has_value());
}

TEST_F(NotificationsTest, a_step_is_whole_or_nothing) {
  ASSERT_TRUE(store->add_channel(channel("c1")).ok());
  ASSERT_TRUE(store->add_rule(rule("r1")).ok());
  store::RuleStep step;
  step.rule = "r1";
  step.state.phase = store::AlertPhase::firing;
  step.state.alert = "a1";
  step.state.value = 2.5;
  step.begun = store::Alert{"a1", kGame, "r1", "Few players", "2.5", 2.5, 5, 0};
  store::Delivery delivery;
  delivery.id = "m1";
  delivery.project = kGame;
  delivery.channel = "c1";
  step.deliveries = {delivery, delivery};  // the same id twice: refused
  EXPECT_FALSE(store->note_step(step).ok());
  EXPECT_EQ(store->rule(kGame, "r1")->value().state.phase, store::AlertPhase::ok);
  EXPECT_TRUE(store->alerts(kGame, false, 10)->empty());
  EXPECT_FALSE(store->next_due(10, {})->has_value());
  step.deliveries.pop_back();
  ASSERT_TRUE(store->note_step(step).ok());
  open();
  EXPECT_EQ(store->rule(kGame, "r1")->value().state.value, 2.5);
  EXPECT_EQ(store->next_due(10, {})->value().id, "m1");
  EXPECT_FALSE(store->next_due(10, {"c1"})->has_value()) << "its channel is busy";
}

TEST_F(NotificationsTest, a_step_of_a_rule_that_is_gone_changes_nothing) {
  ASSERT_TRUE(store->add_channel(channel("c1")).ok());
  store::RuleStep step;
  step.rule = "r1";
  step.begun = store::Alert{"a1", kGame, "r1", "Few players", "", {}, 5, 0};
  store::Delivery delivery;
  delivery.id = "m1";
  delivery.project = kGame;
  delivery.channel = "c1";
  step.deliveries = {delivery};
  ASSERT_TRUE(store->note_step(step).ok());
  EXPECT_TRUE(store->alerts(kGame, false, 10)->empty());
  EXPECT_EQ(store->outbox()->waiting, 0);
}

TEST_F(NotificationsTest, with_its_channel_what_waits_ends) {
  ASSERT_TRUE(store->add_channel(channel("c1")).ok());
  store::Delivery delivery;
  delivery.id = "m1";
  delivery.project = kGame;
  delivery.channel = "c1";
  delivery.created_ms = 3;
  ASSERT_TRUE(store->add_delivery(delivery).ok());
  EXPECT_EQ(store->outbox()->oldest_ms, 3);
  EXPECT_TRUE(*store->remove_channel(kGame, "c1", 9));
  EXPECT_EQ(store->outbox()->waiting, 0);
  const store::Delivery ended = store->delivery(kGame, "m1")->value();
  EXPECT_EQ(ended.state, store::DeliveryState::dead);
  EXPECT_EQ(ended.reason, "the channel was removed");
  EXPECT_EQ(ended.finished_ms, 9);
}

}  // namespace
}  // namespace gm::sqlite
