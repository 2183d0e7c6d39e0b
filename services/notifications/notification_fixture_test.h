#pragma once
// A notification store in a file of its own, a clock that stands until it is told to move, and a receiver that is a
// list.

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/sqlite/notifications.h"
#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/base/time.h"
#include "services/notifications/alert_step.h"
#include "services/notifications/notification_settings.h"
#include "services/notifications/outbox.h"
#include "services/notifications/retry_schedule.h"

namespace gm::notifications {

inline constexpr int64_t kStartMs = 1'774'000'000'000;  // 2026-03-20T09:46:40Z
const ProjectId kGame = ProjectId::from_stored(1);

// What arrives is counted by its id, as Standard Webhooks wants receivers to do it.
class FakeReceiver final : public Transport {
 public:
  Sent send(const store::Channel& channel, const store::Delivery& delivery, int64_t now_ms) const override {
    attempts.push_back({channel.id, delivery.id, delivery.body, now_ms});
    Sent sent = answer;
    if (sent.taken) ++taken[delivery.id];
    if (on_send) on_send();
    return sent;
  }
  static Sent takes() { return {true, false, 200, "", "ok", {}}; }
  static Sent refuses(int64_t status) {
    return {false, status == 410, status, "answered " + std::to_string(status), "", {}};
  }

  struct Attempt {
    std::string channel, delivery, body;
    int64_t at_ms;
  };
  mutable std::vector<Attempt> attempts;
  mutable std::map<std::string, int> taken;
  std::function<void()> on_send;
  Sent answer = takes();
};

class NotificationTest : public testing::Test {
 protected:
  NotificationTest() {
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory);
    restart();
  }
  ~NotificationTest() override {
    outbox.reset();
    store.reset();
    std::filesystem::remove_all(directory);
  }

  // As a process that starts on what another has left behind in `folder`.
  void restart() { restart_in(directory); }
  void restart_in(const std::filesystem::path& folder) {
    outbox.reset();
    store.reset();
    auto opened = sqlite::open_notifications((folder / "notifications.sqlite").string());
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    store = std::move(*opened);
    outbox = std::make_unique<Outbox>(Outbox::Dependencies{*store, receiver, clock, random, telemetry, {}});
  }

  void add_channel(const std::string& id) {
    store::Channel channel;
    channel.id = id;
    channel.project = kGame;
    channel.name = id;
    channel.target = "https://hooks.example/" + id;
    ASSERT_TRUE(store->add_channel(channel).ok());
  }
  std::string add_message(const std::string& channel) {
    const store::Delivery made = delivery_to(kGame, channel, "", kTest, {{"n", 1}}, {clock.now_ms(), random});
    EXPECT_TRUE(store->add_delivery(made).ok());
    return made.id;
  }
  void send_due() {
    while (outbox->send_next()) {
    }
  }
  // Whatever becomes due within that time is sent, to the second.
  void pass(int64_t ms) {
    for (int64_t left = ms; left > 0; left -= kMsPerSecond) {
      clock.advance_ms(kMsPerSecond);
      send_due();
    }
  }
  store::Delivery delivery(const std::string& id) { return store->delivery(kGame, id)->value(); }

  std::filesystem::path directory =
      std::filesystem::path(testing::TempDir()) /
      ("gm_notifications_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
  ManualClock clock{kStartMs};
  SeededRandom random{1};
  telemetry::Registry telemetry;
  FakeReceiver receiver;
  std::unique_ptr<store::NotificationStore> store;
  std::unique_ptr<Outbox> outbox;
};

}  // namespace gm::notifications
