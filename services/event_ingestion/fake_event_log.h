#pragma once
// For tests: a log that keeps appends in memory and confirms or refuses them when the test says so.

#include <utility>
#include <vector>

#include "lib/log/event_log.h"

namespace gm::event_ingestion {

class FakeEventLog final : public log::EventLog {
 public:
  struct Append {
    log::Topic topic;
    std::string payload;
    uint32_t count;
    log::AppendDone done;
  };

  // Appends that are not settled yet, oldest first.
  std::vector<Append> waiting;
  std::vector<Append> stored;

  // Makes the oldest append durable.
  void confirm_one() {
    Append one = take();
    auto done = std::move(one.done);
    stored.push_back(std::move(one));
    done(log::Offset{0});
  }
  void confirm_all() {
    while (!waiting.empty()) confirm_one();
  }
  void fail_one(const Error& error) { take().done(error); }

  log::Partition partition_count(log::Topic) const override { return 1; }
  void append(log::Topic topic, log::Partition, std::string payload, uint32_t count, log::AppendDone done) override {
    waiting.push_back({topic, std::move(payload), count, std::move(done)});
  }
  Result<std::vector<log::Frame>> read(log::Topic, log::Partition, log::Offset, size_t) override {
    return std::vector<log::Frame>{};
  }
  log::Offset begin(log::Topic, log::Partition) const override { return 0; }
  log::Offset end(log::Topic, log::Partition) const override { return stored.size(); }
  bool wait_past(log::Topic, log::Partition, log::Offset, int64_t) override { return false; }
  Status release(log::Topic, log::Partition, log::Offset) override { return {}; }
  size_t queued_bytes() const override { return 0; }
  void close() override {}

 private:
  Append take() {
    Append one = std::move(waiting.front());
    waiting.erase(waiting.begin());
    return one;
  }
};

}  // namespace gm::event_ingestion
