#include "services/notifications/evaluator.h"

#include "services/notifications/notification_fixture_test.h"

namespace gm::notifications {
namespace {

using store::AlertPhase;

// The value of the last period, as it is set.
class FakeReader final : public MetricReader {
 public:
  Result<Reading> read(ProjectId, const RuleDefinition&, int64_t now_ms) const override {
    ++reads;
    if (failure) return *failure;
    return Reading{TimeZone::utc(), {{format_iso8601(now_ms), now_ms, value}}};
  }
  std::optional<double> value = 0;
  std::optional<Error> failure;
  mutable int reads = 0;
};

struct EvaluatorTest : NotificationTest {
  EvaluatorTest() { make_evaluator(); }
  void make_evaluator() {
    NotificationSettings settings = *NotificationSettings::from(config::Settings::defaults());
    evaluator =
        std::make_unique<Evaluator>(Evaluator::Dependencies{*store, reader, clock, random, telemetry, {}}, settings);
  }
  void add_rule(const std::string& more = "", const std::vector<std::string>& channels = {"a"}) {
    store::AlertRule rule;
    rule.id = "rule";
    rule.project = kGame;
    rule.name = "Many";
    rule.definition =
        R"({"metric":"dau","window":"day","condition":{"kind":"threshold","above":100,"resolve_at":90})" + more + "}";
    rule.channels = channels;
    ASSERT_TRUE(store->add_rule(rule).ok());
  }
  // A minute later, with this value.
  AlertPhase look(std::optional<double> value, int64_t later_ms = 15 * kMsPerMinute) {
    clock.advance_ms(later_ms);
    reader.value = value;
    evaluator->look(stopping);
    return state().phase;
  }
  store::RuleState state() { return store->rule(kGame, "rule")->value().state; }
  // Types of the messages, the oldest first.
  std::vector<std::string> messages() {
    std::vector<std::string> types;
    const auto found = store->deliveries(kGame, "", 100);
    for (auto one = found->rbegin(); one != found->rend(); ++one) types.push_back(one->type);
    return types;
  }

  FakeReader reader;
  std::atomic<bool> stopping = false;
  std::unique_ptr<Evaluator> evaluator;
};
using Types = std::vector<std::string>;

TEST_F(EvaluatorTest, an_alert_is_told_when_it_begins_and_when_it_ends_and_not_in_between) {
  add_channel("a");
  add_rule();
  EXPECT_EQ(look(50), AlertPhase::ok);
  EXPECT_EQ(look(101), AlertPhase::firing);
  EXPECT_EQ(look(500), AlertPhase::firing);
  EXPECT_EQ(look(95), AlertPhase::firing) << "not yet at the value at which it is over";
  EXPECT_EQ(messages(), Types{"alert.fired"});
  const auto open = store->alerts(kGame, true, 10);
  ASSERT_EQ(open->size(), 1u);
  EXPECT_EQ(open->front().value, 101);
  EXPECT_EQ(look(90), AlertPhase::ok);
  EXPECT_EQ(messages(), (Types{"alert.fired", "alert.resolved"}));
  EXPECT_TRUE(store->alerts(kGame, true, 10)->empty());
  EXPECT_EQ(store->alerts(kGame, false, 10)->front().ended_ms, clock.now_ms());
  EXPECT_EQ(look(101), AlertPhase::firing);
  EXPECT_EQ(store->alerts(kGame, false, 10)->size(), 2u);
}

TEST_F(EvaluatorTest, a_start_goes_on_where_the_process_has_ended) {
  add_channel("a");
  add_rule();
  look(101);
  restart();
  make_evaluator();
  EXPECT_EQ(look(101), AlertPhase::firing);
  EXPECT_EQ(messages(), Types{"alert.fired"}) << "what is told is not told again";
  EXPECT_EQ(look(1), AlertPhase::ok);
  EXPECT_EQ(messages(), (Types{"alert.fired", "alert.resolved"}));
}

TEST_F(EvaluatorTest, what_does_not_last_does_not_fire) {
  add_channel("a");
  add_rule(R"(,"for_seconds":600)");
  EXPECT_EQ(look(101), AlertPhase::pending);
  EXPECT_EQ(look(101, 9 * kMsPerMinute), AlertPhase::pending);
  EXPECT_EQ(look(1, kMsPerMinute / 2), AlertPhase::ok);
  EXPECT_EQ(look(101), AlertPhase::pending);
  EXPECT_EQ(look(101, 10 * kMsPerMinute), AlertPhase::firing);
  EXPECT_EQ(messages(), Types{"alert.fired"});
}

TEST_F(EvaluatorTest, what_cannot_be_judged_changes_nothing_and_says_why) {
  add_channel("a");
  add_rule();
  look(101);
  reader.failure = Error{"gm-query-timeout", "too slow"};
  EXPECT_EQ(look(1), AlertPhase::firing);
  EXPECT_EQ(state().remark, "too slow");
  reader.failure.reset();
  EXPECT_EQ(look(std::nullopt, kMsPerMinute), AlertPhase::firing) << "looked at again at once";
  EXPECT_EQ(state().remark, "there is no value");
  EXPECT_EQ(messages(), Types{"alert.fired"});
}

TEST_F(EvaluatorTest, a_rule_is_asked_about_when_something_may_be_new) {
  add_channel("a");
  add_rule();
  look(1);
  EXPECT_EQ(reader.reads, 1);
  for (int minute = 0; minute < 60; ++minute) look(1, kMsPerMinute);
  EXPECT_GE(reader.reads, 4) << "each quarter of an hour, when a period may have ended";
  EXPECT_LE(reader.reads, 12);
}

TEST_F(EvaluatorTest, a_rule_that_goes_on_within_its_period_is_asked_about_at_every_look) {
  add_channel("a");
  add_rule(R"(,"incomplete":true)");
  for (int minute = 0; minute < 10; ++minute) look(1, kMsPerMinute);
  EXPECT_EQ(reader.reads, 10);
}

TEST_F(EvaluatorTest, switched_off_it_ends_its_alert_and_says_so) {
  add_channel("a");
  add_rule();
  look(101);
  store::AlertRule off = store->rule(kGame, "rule")->value().rule;
  off.enabled = false;
  ASSERT_TRUE(*store->change_rule(off));
  EXPECT_EQ(look(101, kMsPerMinute), AlertPhase::ok);
  EXPECT_EQ(messages(), (Types{"alert.fired", "alert.resolved"}));
  EXPECT_EQ(look(101), AlertPhase::ok);
  EXPECT_EQ(messages().size(), 2u);
}

TEST_F(EvaluatorTest, a_rule_that_is_removed_while_its_alert_begins_leaves_no_open_alert) {
  add_channel("a");
  add_rule();
  look(1);
  const store::WatchedRule before = store->rule(kGame, "rule")->value();
  look(101);
  const Moment moment{clock.now_ms(), random};
  EXPECT_FALSE(*store->remove_rule(kGame, last_step(before, "removed", moment))) << "another alert is open by now";
  const store::WatchedRule now = store->rule(kGame, "rule")->value();
  EXPECT_TRUE(*store->remove_rule(kGame, last_step(now, "removed", moment)));
  EXPECT_TRUE(store->alerts(kGame, true, 10)->empty());
  EXPECT_EQ(messages(), (Types{"alert.fired", "alert.resolved"}));
}

TEST_F(EvaluatorTest, each_channel_that_is_in_use_gets_its_own_message) {
  add_channel("a");
  add_channel("b");
  add_channel("off");
  store::Channel off = store->channel(kGame, "off")->value();
  off.enabled = false;
  ASSERT_TRUE(*store->change_channel(off, clock.now_ms()));
  add_rule("", {"a", "b", "off", "removed"});
  look(101);
  send_due();
  ASSERT_EQ(receiver.attempts.size(), 2u);
  EXPECT_NE(receiver.attempts[0].delivery, receiver.attempts[1].delivery);
  const auto body = nlohmann::json::parse(receiver.attempts[0].body);
  EXPECT_EQ(body["type"], "alert.fired");
  EXPECT_EQ(body["timestamp"], format_iso8601(clock.now_ms()));
  EXPECT_EQ(body["data"]["value"], 101);
  EXPECT_EQ(body["data"]["expected"]["high"], 100);
  EXPECT_EQ(body["data"]["alert"]["id"], store->alerts(kGame, true, 1)->front().id);
}

}  // namespace
}  // namespace gm::notifications
