#pragma once
// For tests: everything a processor needs around it.

#include <gtest/gtest.h>

#include <memory>

#include "lib/base/clock.h"
#include "services/event_processor/fake_event_log.h"
#include "services/event_processor/fake_store.h"
#include "services/event_processor/processor.h"
#include "services/event_processor/random_stream.h"

namespace gm::event_processor {

class FakeDirectory final : public ProjectDirectory {
 public:
  Result<std::optional<ProjectProfile>> find(ProjectId project) override {
    if (failures > 0) {
      --failures;
      return Error{"gm-metadata-unavailable", "made to fail"};
    }
    const auto found = projects.find(project);
    if (found == projects.end()) return std::optional<ProjectProfile>();
    return std::optional<ProjectProfile>(found->second);
  }
  std::map<ProjectId, ProjectProfile> projects = stream_projects();
  std::atomic<int> failures{0};
};

class FakeLive final : public store::LiveState {
 public:
  void publish(ProjectId, const std::vector<store::LiveEvent>& events) override {
    const std::lock_guard lock(mutex_);
    published_.insert(published_.end(), events.begin(), events.end());
  }
  store::LiveSnapshot snapshot(ProjectId, int64_t) override { return {}; }
  uint64_t subscribe(ProjectId, Listener) override { return 0; }
  void unsubscribe(uint64_t) override {}
  std::vector<store::LiveEvent> published() {
    const std::lock_guard lock(mutex_);
    return published_;
  }

 private:
  std::mutex mutex_;
  std::vector<store::LiveEvent> published_;
};

inline ProcessorSettings test_settings() {
  ProcessorSettings settings = ProcessorSettings::from(config::Settings::defaults());
  settings.interval_ms = 1;
  settings.dedupe_bytes_max = 1 << 20;
  settings.dedupe_window_ms = 30 * kMsPerDay;
  return settings;
}

struct World {
  explicit World(log::Partition partitions = 1) : log(partitions) {}

  std::unique_ptr<Processor> processor(store::AnalyticsStore& store, const ProcessorSettings& settings) {
    return std::make_unique<Processor>(Processor::Dependencies{log, store, live, directory, metrics, clock, {}},
                                       settings);
  }
  void append(const StreamFrame& frame) {
    log.append(log::Topic::events_raw, frame.partition, frame.payload, frame.count, nullptr);
  }
  void append(const event::BatchInfo& info, const std::vector<event::Event>& events) {
    event::BatchEncoder encoder(info);
    for (const event::Event& event : events) encoder.add(event);
    const uint32_t count = encoder.count();
    log.append(log::Topic::events_raw, 0, std::move(encoder).take(), count, nullptr);
  }

  FakeEventLog log;
  FakeLive live;
  FakeDirectory directory;
  telemetry::Registry metrics;
  SystemClock clock;
};

// Differences only: the whole would be thousands of lines.
inline std::string difference(const Answers& expected, const Answers& actual) {
  std::string text;
  size_t shown = 0;
  const auto show = [&](const char* what, const std::string& key, const std::vector<int64_t>* values) {
    if (++shown > 20) return;
    text += fmt::format("{} {}:", what, key);
    for (const int64_t value : values != nullptr ? *values : std::vector<int64_t>()) text += fmt::format(" {}", value);
    text += "\n";
  };
  for (const auto& [key, values] : expected) {
    const auto found = actual.find(key);
    if (found != actual.end() && found->second == values) continue;
    show("expected", key, &values);
    if (found != actual.end()) show("  actual", key, &found->second);
  }
  for (const auto& [key, values] : actual) {
    if (!expected.contains(key)) show("surplus", key, &values);
  }
  return text;
}

}  // namespace gm::event_processor
