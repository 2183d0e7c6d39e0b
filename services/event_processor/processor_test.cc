#include "services/event_processor/processor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/telemetry/catalog.h"
#include "services/event_processor/processor_fixture.h"

namespace gm::event_processor {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Le;

constexpr int64_t kTimeoutMs = 30'000;
const ProjectId kProject = ProjectId::from_stored(1);

class ProcessorTest : public ::testing::Test {
 protected:
  void start(const ProcessorSettings& settings = test_settings()) {
    processor_ = world_.processor(store_, settings);
    const auto started = processor_->start();
    ASSERT_TRUE(started.ok()) << started.error().message;
  }
  event::BatchInfo info() {
    event::BatchInfo info;
    info.project = kProject;
    info.received_ms = world_.clock.now_ms();
    return info;
  }
  event::Event event(std::string_view player, int64_t time_ms) {
    event::Event event;
    event.id = Uuid{1, ++next_id_};
    event.name = "level_start";
    event.player = player;
    event.time_ms = time_ms;
    return event;
  }
  std::string encoded(const std::vector<event::Event>& events) {
    event::BatchEncoder encoder(info());
    for (const event::Event& event : events) encoder.add(event);
    return std::move(encoder).take();
  }
  void append_one(std::string_view player = "anna") { world_.append(info(), {event(player, world_.clock.now_ms())}); }
  void catch_up() { ASSERT_TRUE(processor_->catch_up(kTimeoutMs)); }
  uint64_t counted(const telemetry::MetricDeclaration& metric, std::initializer_list<std::string_view> labels = {}) {
    return world_.metrics.counter(metric, labels).value();
  }

  World world_;
  FakeStore store_;
  std::unique_ptr<Processor> processor_;
  uint64_t next_id_ = 0;
};

// The common way must not cost a question to the store.
TEST_F(ProcessorTest, EventsAreReadAgainOnlyForAMarkInsideOfAStoredSession) {
  start();
  const int64_t now_ms = world_.clock.now_ms() - kMsPerHour;
  const auto send = [&](std::string_view name, int64_t minute) {
    event::Event one = event("anna", now_ms + minute * kMsPerMinute);
    one.name = name;
    world_.append(info(), {one});
    catch_up();
  };
  send("session_start", 0);
  send("level_start", 5);
  send("session_end", 10);
  send("session_start", 11);
  send("level_start", 7);
  send("level_start", 16);
  EXPECT_EQ(store_.visits, 0u);
  send("session_start", 13);
  EXPECT_EQ(store_.visits, 1u);
  send("session_end", 6);
  EXPECT_EQ(store_.visits, 2u);
  const Answers answers = store_.answers();
  const auto sessions =
      std::count_if(answers.begin(), answers.end(), [](const auto& one) { return one.first.starts_with("session "); });
  EXPECT_EQ(sessions, 4) << "0 to 6, 7 to 10, 11 and 13 to 16";
}

TEST_F(ProcessorTest, AMarkInsideOfASessionOfTooManyEventsIsCountedInsteadOfTaken) {
  ProcessorSettings settings = test_settings();
  settings.session_cut_events_max = 2;
  start(settings);
  const int64_t now_ms = world_.clock.now_ms() - kMsPerHour;
  for (const int64_t minute : {0, 5, 10}) world_.append(info(), {event("anna", now_ms + minute * kMsPerMinute)});
  catch_up();
  event::Event mark = event("anna", now_ms + 7 * kMsPerMinute);
  mark.name = "session_start";
  world_.append(info(), {mark});
  catch_up();
  EXPECT_EQ(store_.visits, 0u);
  EXPECT_EQ(counted(telemetry::kProcessorSessionsJoined), 1u);
  EXPECT_EQ(store_.events, 4u);
}

TEST_F(ProcessorTest, AppliesWhatArrivesAndSaysSo) {
  start();
  EXPECT_EQ(processor_->progress().last_commit_ms, 0);
  for (int i = 0; i < 5; ++i) append_one();
  ASSERT_TRUE(processor_->wait_until_applied(log::Topic::events_raw, 0, 5, kTimeoutMs));
  EXPECT_EQ(store_.events, 5u);
  EXPECT_EQ(counted(telemetry::kProcessorEvents), 5u);
  EXPECT_EQ(processor_->progress().processed, 5u);
  EXPECT_EQ(processor_->progress().log_end, 5u);
  EXPECT_GT(processor_->progress().last_commit_ms, 0);
  EXPECT_EQ(world_.log.released(log::Topic::events_raw, 0), 5u);
  EXPECT_EQ(world_.metrics.gauge(telemetry::kProcessorLag, {"events.raw"}).value(), 0);
}

TEST_F(ProcessorTest, WaitingEndsWithTheTimeAndWithTheStop) {
  start();
  EXPECT_FALSE(processor_->wait_until_applied(log::Topic::events_raw, 0, 1, 20));
  processor_->stop();
  append_one();
  EXPECT_FALSE(processor_->catch_up(kTimeoutMs));
}

TEST_F(ProcessorTest, ABatchHoldsNoMoreThanItMay) {
  ProcessorSettings settings = test_settings();
  settings.batch_events_max = 7;
  for (int i = 0; i < 40; ++i) append_one();
  start(settings);
  catch_up();
  EXPECT_EQ(store_.events, 40u);
  EXPECT_THAT(store_.batch_sizes, Each(Le(7u)));
}

TEST_F(ProcessorTest, FewEventsWaitForEachOther) {
  ProcessorSettings settings = test_settings();
  settings.interval_ms = 300;
  start(settings);
  append_one();
  catch_up();
  for (int i = 0; i < 20; ++i) append_one();
  catch_up();
  EXPECT_LE(store_.batch_sizes.size(), 3u);
}

TEST_F(ProcessorTest, ARepeatedEventIsCountedOnce) {
  start();
  const auto repeated = event("anna", world_.clock.now_ms());
  world_.append(info(), {repeated});
  catch_up();
  world_.append(info(), {repeated, repeated});
  catch_up();
  EXPECT_EQ(store_.events, 1u);
  EXPECT_EQ(counted(telemetry::kProcessorDuplicates), 2u);
}

TEST_F(ProcessorTest, RefusedEventsBecomeVisibleWithTheirReason) {
  start();
  const std::vector<event::Rejected> rejected = {{"player_id_missing", "no player", "{}"},
                                                 {"event_name_missing", "", "{}"}};
  world_.log.append(log::Topic::events_rejected, 0, event::encode_rejected(info(), rejected), 2, nullptr);
  catch_up();
  EXPECT_THAT(store_.rejected, ElementsAre("player_id_missing", "event_name_missing"));
  EXPECT_EQ(counted(telemetry::kProcessorDlq, {"player_id_missing"}), 1u);
}

TEST_F(ProcessorTest, AnUnreadableRecordIsKeptAsideAndTheRestGoesOn) {
  start();
  world_.log.append(log::Topic::events_raw, 0, "\x01 and no record at all", 3, nullptr);
  append_one();
  catch_up();
  EXPECT_EQ(store_.events, 1u);
  EXPECT_THAT(store_.rejected, ElementsAre("record_malformed"));
  EXPECT_EQ(processor_->progress().processed, 4u);
}

// It used to become a rejected event of nobody, and the position went past it: going back a release lost events.
TEST_F(ProcessorTest, ARecordOfANewerVersionEndsTheProcessorInsteadOfBeingPassedOver) {
  for (const log::Topic topic : {log::Topic::events_raw, log::Topic::events_rejected}) {
    World world;
    FakeStore store;
    std::atomic<bool> failed{false};
    world.log.append(topic, 0, "\x7F whatever comes next", 3, nullptr);
    Processor processor({world.log,
                         store,
                         world.live,
                         world.directory,
                         world.metrics,
                         world.clock,
                         {},
                         [&](const Error& error) { failed = error.code == "gm-log-version"; }},
                        test_settings());
    ASSERT_TRUE(processor.start().ok());
    EXPECT_FALSE(processor.catch_up(kTimeoutMs));
    processor.stop();
    EXPECT_TRUE(failed);
    EXPECT_TRUE(store.rejected.empty());
    EXPECT_TRUE(store.positions()->empty()) << "what is passed over is lost";
  }
}

TEST_F(ProcessorTest, ResumesInTheMiddleOfAFrame) {
  store::MicroBatch batch;
  batch.positions.push_back({log::Topic::events_raw, 0, 2});
  ASSERT_TRUE(store_.apply(batch).ok());
  const int64_t now = world_.clock.now_ms();
  world_.append(info(), {event("anna", now), event("anna", now), event("anna", now)});
  start();
  catch_up();
  EXPECT_EQ(store_.events, 1u);
}

TEST_F(ProcessorTest, EventsThatLeaveTheLogUnappliedAreCountedAsMissing) {
  start();
  world_.log.set_read_error({"gm-log-unavailable", "made to fail"});
  for (int i = 0; i < 10; ++i) append_one();
  world_.log.drop_below(log::Topic::events_raw, 0, 6);
  world_.log.set_read_error({});
  catch_up();
  EXPECT_EQ(store_.events, 4u);
  EXPECT_EQ(counted(telemetry::kProcessorLogGap, {"events.raw"}), 6u);
}

// It used to go on at the log's beginning without a word: a lost store came back with the last days only.
TEST_F(ProcessorTest, AStoreBehindTheLogsBeginningIsNoPlaceToStart) {
  for (int i = 0; i < 10; ++i) append_one();
  world_.log.drop_below(log::Topic::events_raw, 0, 6);
  processor_ = world_.processor(store_, test_settings());
  const auto started = processor_->start();
  ASSERT_FALSE(started.ok()) << "the store is empty";
  EXPECT_EQ(started.error().code, "gm-store-behind-log");
  EXPECT_NE(started.error().message.find("gamemetrics rebuild"), std::string::npos);
}

// It used to go on at the log's end, known to nobody but its memory: after the next crash, acknowledged events that had
// got the lost ones' offsets were skipped as applied.
TEST_F(ProcessorTest, ALogShorterThanTheStoreIsNoPlaceToStart) {
  store::MicroBatch batch;
  batch.positions.push_back({log::Topic::events_raw, 0, 500});
  ASSERT_TRUE(store_.apply(batch).ok());
  processor_ = world_.processor(store_, test_settings());
  EXPECT_EQ(processor_->start().error().code, "gm-log-behind-store");
}

TEST_F(ProcessorTest, WhatCanNeverWorkEndsTheProcessorAndSaysSo) {
  std::atomic<int> reported{0};
  store_.fault_code = "gm-store-refused";
  store_.fault = [](std::string_view call) {
    return call == "load_players" ? FakeStore::Fault::before : FakeStore::Fault::none;
  };
  processor_ = std::make_unique<Processor>(
      Processor::Dependencies{world_.log,
                              store_,
                              world_.live,
                              world_.directory,
                              world_.metrics,
                              world_.clock,
                              {},
                              [&](const Error& error) { reported += error.code == "gm-store-refused" ? 1 : 100; }},
      test_settings());
  ASSERT_TRUE(processor_->start().ok());
  append_one();
  EXPECT_FALSE(processor_->catch_up(kTimeoutMs)) << "it does not wait in vain";
  processor_->stop();
  EXPECT_EQ(reported, 1);
  EXPECT_TRUE(processor_->progress().stalled);
  EXPECT_EQ(counted(telemetry::kProcessorErrors, {"store"}), 1u);
}

TEST_F(ProcessorTest, SaysThatItIsStalledWhenEventsWaitInVain) {
  ProcessorSettings settings = test_settings();
  settings.stalled_after_ms = 50;
  start(settings);
  EXPECT_FALSE(processor_->progress().stalled);
  world_.log.set_read_error({"gm-log-unavailable", "made to fail"});
  append_one();
  EXPECT_FALSE(processor_->catch_up(300));
  EXPECT_TRUE(processor_->progress().stalled);
  EXPECT_LE(counted(telemetry::kProcessorErrors, {"log"}), 5u) << "it asks less and less often";
  world_.log.set_read_error({});
  catch_up();
  EXPECT_FALSE(processor_->progress().stalled);
}

TEST_F(ProcessorTest, SaysUpToWhenItsNumbersAreComplete) {
  world_.log.append_at(log::Topic::events_raw, 0, encoded({event("anna", 1000)}), 1, 1000);
  world_.log.append_at(log::Topic::events_raw, 0, encoded({event("anna", 2000)}), 1, 2000);
  std::atomic<int> allowed{1};
  store_.fault = [&](std::string_view call) {
    return call == "apply" && allowed-- <= 0 ? FakeStore::Fault::before : FakeStore::Fault::none;
  };
  ProcessorSettings settings = test_settings();
  settings.batch_events_max = 1;
  start(settings);
  ASSERT_TRUE(processor_->wait_until_applied(log::Topic::events_raw, 0, 1, kTimeoutMs));
  EXPECT_EQ(processor_->progress().complete_to_ms, 1000) << "a commit just now says nothing about what waits";
  allowed = 10;
  catch_up();
  EXPECT_EQ(processor_->progress().complete_to_ms, std::nullopt);
}

TEST_F(ProcessorTest, KeepsItsPlaceWhileTheStoreRefuses) {
  std::atomic<bool> broken{true};
  store_.fault = [&](std::string_view call) {
    return broken && call == "apply" ? FakeStore::Fault::before : FakeStore::Fault::none;
  };
  start();
  append_one();
  EXPECT_FALSE(processor_->catch_up(200));
  EXPECT_GE(counted(telemetry::kProcessorErrors, {"store"}), 1u);
  EXPECT_EQ(processor_->progress().processed, 0u);
  broken = false;
  catch_up();
  EXPECT_EQ(store_.events, 1u);
}

TEST_F(ProcessorTest, GoesOnWhenTheLogCanBeReadAgain) {
  start();
  world_.log.set_read_error({"gm-log-corrupt", "made to fail"});
  append_one();
  EXPECT_FALSE(processor_->catch_up(100));
  EXPECT_GE(counted(telemetry::kProcessorErrors, {"log"}), 1u);
  world_.log.set_read_error({});
  catch_up();
  EXPECT_EQ(store_.events, 1u);
}

TEST_F(ProcessorTest, AStartWithoutAStoreFails) {
  store_.fault = [](std::string_view) { return FakeStore::Fault::before; };
  processor_ = world_.processor(store_, test_settings());
  EXPECT_EQ(processor_->start().error().code, "gm-store-unavailable");
}

TEST_F(ProcessorTest, StopsQuicklyWhateverItWaitsFor) {
  store_.fault = [](std::string_view call) {
    return call == "apply" ? FakeStore::Fault::before : FakeStore::Fault::none;
  };
  start();
  append_one();
  EXPECT_FALSE(processor_->catch_up(100));
  const int64_t before = world_.clock.monotonic_ns();
  processor_->stop();
  EXPECT_LT(world_.clock.monotonic_ns() - before, 1'000'000'000);
}

TEST_F(ProcessorTest, OnlyRecentEventsAreLive) {
  start();
  const int64_t now = world_.clock.now_ms();
  auto info_of_backfill = info();
  info_of_backfill.historical = true;
  world_.append(info_of_backfill, {event("old", now - 31 * kMsPerMinute), event("new", now - kMsPerMinute)});
  catch_up();
  processor_->stop();
  const auto published = world_.live.published();
  ASSERT_EQ(published.size(), 1u);
  EXPECT_EQ(published[0].player, "new");
  EXPECT_EQ(published[0].event, "level_start");
}

TEST_F(ProcessorTest, RevenueInAnotherCurrencyIsCountedAside) {
  start();
  auto euros = event("anna", world_.clock.now_ms());
  euros.revenue_micros = 5'000'000;
  euros.currency = "EUR";
  auto dollars = event("anna", world_.clock.now_ms());
  dollars.revenue_micros = 3'000'000;
  dollars.currency = "USD";
  world_.append(info(), {euros, dollars});
  catch_up();
  processor_->stop();
  EXPECT_EQ(counted(telemetry::kProcessorForeignCurrency), 1u);
  int64_t revenue = 0;
  for (const auto& [key, values] : store_.answers()) {
    if (key.starts_with("day ")) revenue += values.back();
  }
  EXPECT_EQ(revenue, 3'000'000);
}

TEST_F(ProcessorTest, AnUnknownProjectIsCountedInUtc) {
  start();
  auto other = info();
  other.project = ProjectId::from_stored(99);
  world_.append(other, {event("anna", world_.clock.now_ms())});
  catch_up();
  EXPECT_EQ(store_.events, 1u);
}

TEST_F(ProcessorTest, HeldPlayersAreNotReadAgain) {
  start();
  for (int i = 0; i < 5; ++i) {
    append_one();
    catch_up();
  }
  EXPECT_EQ(store_.loaded, 1u);
}

TEST_F(ProcessorTest, MergesAfterEnoughChanges) {
  ProcessorSettings settings = test_settings();
  settings.compaction_rows = 10;
  start(settings);
  for (int i = 0; i < 6; ++i) {
    append_one();
    catch_up();
  }
  processor_->stop();
  EXPECT_GE(store_.compactions, 1u);
  EXPECT_LE(store_.compactions, 5u);
}

}  // namespace
}  // namespace gm::event_processor
