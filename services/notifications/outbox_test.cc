#include "services/notifications/outbox.h"

#include <set>

#include "services/notifications/notification_fixture_test.h"

namespace gm::notifications {
namespace {

using store::DeliveryState;
struct OutboxTest : NotificationTest {};

TEST_F(OutboxTest, a_message_is_sent_once_and_its_attempt_is_in_the_log) {
  add_channel("a");
  const std::string id = add_message("a");
  send_due();
  EXPECT_EQ(receiver.taken[id], 1);
  EXPECT_EQ(delivery(id).state, DeliveryState::delivered);
  pass(kMsPerHour);
  EXPECT_EQ(receiver.attempts.size(), 1u);
  const auto log = store->attempts(id);
  ASSERT_EQ(log->size(), 1u);
  EXPECT_EQ(log->front().status, 200);
  EXPECT_EQ(log->front().answer, "ok");
  EXPECT_EQ(store->outbox()->waiting, 0);
}

// The promise of issue E: by a virtual clock.
TEST_F(OutboxTest, a_receiver_that_is_down_for_an_hour_gets_each_message_once) {
  add_channel("a");
  add_channel("b");
  receiver.answer = FakeReceiver::refuses(503);
  std::set<std::string> ids;
  for (int minute = 0; minute < 60; ++minute) {
    if (minute % 3 == 0) ids.insert(add_message(minute % 2 == 0 ? "a" : "b"));
    pass(kMsPerMinute);
    if (minute % 10 == 5) restart();  // the process, too, ends and starts now and then
  }
  EXPECT_TRUE(receiver.taken.empty());
  receiver.answer = FakeReceiver::takes();
  pass(25 * kMsPerHour);
  ASSERT_EQ(ids.size(), 20u);
  EXPECT_EQ(receiver.taken.size(), ids.size());
  for (const std::string& id : ids) {
    EXPECT_EQ(receiver.taken[id], 1);
    EXPECT_EQ(delivery(id).state, DeliveryState::delivered);
  }
  std::map<std::string, std::set<std::string>> bodies;
  for (const auto& attempt : receiver.attempts) bodies[attempt.delivery].insert(attempt.body);
  for (const auto& [id, seen] : bodies) EXPECT_EQ(seen.size(), 1u) << "a repeated message has the same bytes";
}

// The file as it is when the process is killed at any moment of an attempt: nothing of what is in memory counts.
TEST_F(OutboxTest, killed_between_send_and_record_it_is_sent_again_with_the_same_id) {
  add_channel("a");
  const std::string id = add_message("a");
  const auto copy = directory / "at-the-kill";
  receiver.on_send = [&] {
    std::filesystem::create_directories(copy);
    for (const char* name : {"notifications.sqlite", "notifications.sqlite-wal"}) {
      if (std::filesystem::exists(directory / name))
        std::filesystem::copy_file(directory / name, copy / name, std::filesystem::copy_options::overwrite_existing);
    }
  };
  send_due();
  ASSERT_EQ(receiver.taken[id], 1);
  receiver.on_send = {};
  restart_in(copy);
  EXPECT_EQ(delivery(id).state, DeliveryState::waiting) << "it is not known that it has arrived";
  EXPECT_EQ(store->attempts(id)->front().took_ms, -1);
  pass(6 * kMsPerSecond);
  EXPECT_EQ(receiver.taken[id], 2) << "once more, under the id by which the receiver counts it once";
  EXPECT_EQ(receiver.taken.size(), 1u);
  EXPECT_EQ(delivery(id).state, DeliveryState::delivered);
}

TEST_F(OutboxTest, attempts_are_spread_over_days_and_then_it_is_given_up_with_a_reason) {
  add_channel("a");
  receiver.answer = FakeReceiver::refuses(500);
  const std::string id = add_message("a");
  send_due();
  for (int step = 0; step < 80 * 60; ++step) {
    clock.advance_ms(kMsPerMinute);
    send_due();
  }
  const store::Delivery dead = delivery(id);
  EXPECT_EQ(dead.state, DeliveryState::dead);
  EXPECT_EQ(dead.reason, "10 attempts: answered 500");
  ASSERT_EQ(receiver.attempts.size(), static_cast<size_t>(kAttemptsMax));
  for (size_t i = 1; i < receiver.attempts.size(); ++i) {
    const int64_t waited = receiver.attempts[i].at_ms - receiver.attempts[i - 1].at_ms;
    EXPECT_LE(waited, kRetryDelaysMs[i - 1] + kMsPerMinute) << i;
    EXPECT_GE(waited, kRetryDelayMinMs) << i;
  }
  EXPECT_EQ(store->attempts(id)->size(), 10u);
}

TEST_F(OutboxTest, killed_in_its_last_attempt_it_is_given_up_and_says_so) {
  add_channel("a");
  const std::string id = add_message("a");
  store::DeliveryAttempt attempt;
  for (attempt.number = 1; attempt.number <= kAttemptsMax; ++attempt.number)
    ASSERT_TRUE(store->begin_attempt(id, attempt, clock.now_ms()).ok());
  restart();
  send_due();
  EXPECT_TRUE(receiver.attempts.empty());
  EXPECT_EQ(delivery(id).state, DeliveryState::dead);
  EXPECT_EQ(delivery(id).reason, "what became of the last attempt is not known");
}

TEST_F(OutboxTest, a_receiver_that_asks_for_time_gets_it) {
  add_channel("a");
  receiver.answer = FakeReceiver::refuses(429);
  receiver.answer.wait_ms = 600 * kMsPerSecond;
  const std::string id = add_message("a");
  send_due();
  receiver.answer = FakeReceiver::takes();
  pass(599 * kMsPerSecond);
  EXPECT_EQ(receiver.attempts.size(), 1u);
  pass(5 * kMsPerSecond);
  EXPECT_EQ(receiver.taken[id], 1);
}

TEST_F(OutboxTest, gone_switches_the_channel_off_and_ends_what_waits_for_it) {
  add_channel("a");
  add_channel("b");
  receiver.answer = FakeReceiver::refuses(500);
  const std::string first = add_message("a");
  send_due();
  receiver.answer = FakeReceiver::refuses(410);
  const std::string second = add_message("a");
  send_due();
  receiver.answer = FakeReceiver::takes();
  EXPECT_FALSE(store->channel(kGame, "a")->value().enabled);
  EXPECT_EQ(store->channel(kGame, "a")->value().trouble, "the receiver answered 410 Gone");
  EXPECT_EQ(delivery(first).state, DeliveryState::dead);
  EXPECT_EQ(delivery(second).state, DeliveryState::dead);
  EXPECT_EQ(delivery(second).reason, "the receiver is gone: answered 410");
  add_message("a");
  const std::string other = add_message("b");
  pass(kMsPerHour);
  EXPECT_EQ(receiver.taken.size(), 1u);
  EXPECT_EQ(receiver.taken[other], 1);
}

TEST_F(OutboxTest, what_arrives_while_its_channel_is_switched_off_has_arrived) {
  add_channel("a");
  const std::string id = add_message("a");
  receiver.on_send = [this] {
    store::Channel off = store->channel(kGame, "a")->value();
    off.enabled = false;
    ASSERT_TRUE(store->change_channel(off, clock.now_ms()).ok());
  };
  send_due();
  EXPECT_EQ(delivery(id).state, DeliveryState::delivered);
}

TEST_F(OutboxTest, a_channel_whose_receiver_takes_its_time_holds_up_nobody_else) {
  add_channel("slow");
  add_channel("quick");
  add_message("slow");
  add_message("slow");
  const std::string other = add_message("quick");
  bool within = false;
  receiver.on_send = [&] {
    if (within) return;
    within = true;
    // Another sender's turn, while the first message to "slow" is still under way.
    EXPECT_TRUE(outbox->send_next());
    EXPECT_FALSE(outbox->send_next()) << "two messages to one channel at once";
  };
  send_due();
  EXPECT_EQ(receiver.attempts[1].delivery, other);
  EXPECT_EQ(receiver.taken.size(), 3u);
}

TEST_F(OutboxTest, what_has_ended_is_forgotten_in_time_and_what_waits_is_not) {
  add_channel("a");
  const std::string done = add_message("a");
  send_due();
  receiver.answer = FakeReceiver::refuses(500);
  const std::string waiting = add_message("a");
  send_due();
  clock.advance_ms(kMsPerDay);
  EXPECT_EQ(*store->forget(clock.now_ms() - kMsPerHour), 2) << "the message and its attempt";
  EXPECT_FALSE(store->delivery(kGame, done)->has_value());
  EXPECT_TRUE(store->delivery(kGame, waiting)->has_value());
}

TEST(RetryDelay, lies_between_a_second_and_the_schedule) {
  SeededRandom random(1);
  for (int64_t attempts = 1; attempts < kAttemptsMax; ++attempts) {
    for (int i = 0; i < 100; ++i) {
      const int64_t delay = retry_delay_ms(attempts, random);
      EXPECT_GE(delay, kRetryDelayMinMs);
      EXPECT_LE(delay, kRetryDelaysMs[static_cast<size_t>(attempts - 1)]);
    }
  }
}

}  // namespace
}  // namespace gm::notifications
