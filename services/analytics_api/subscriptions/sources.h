#pragma once
// What subscriptions can be about.

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "lib/graphql/source.h"
#include "lib/store/live_state.h"

namespace gm::analytics_api {

// "Look again": the response itself reads how things are.
class StateSource final : public graphql::Source {
 public:
  explicit StateSource(int64_t interval_ms) : interval_ms_(interval_ms) {}
  Kind kind() const override { return Kind::state; }
  Taken take() override { return {graphql::Value::Object{}, 0, false}; }
  int64_t interval_ms() const override { return interval_ms_; }

 private:
  const int64_t interval_ms_;
};

// Which live events are wanted: those that every list that is not empty holds.
struct LiveEventFilter {
  std::vector<std::string> events, players, countries, platforms, builds;
  bool fits(const store::LiveEvent& event) const;
};

struct LiveQueueLimits {
  size_t queue_bytes_max = 0;  // of events that wait to be taken; those that come beyond it are lost
  size_t batch_max = 0;        // events of one take()
  int64_t interval_ms = 0;
};

// Events as the processor applies them. The root value is a LiveEvents.
class LiveEventSource final : public graphql::Source {
 public:
  using LiveEvents = std::vector<store::LiveEvent>;

  // `live` outlives this.
  LiveEventSource(store::LiveState& live, ProjectId project, LiveEventFilter filter, LiveQueueLimits limits);
  ~LiveEventSource() override;
  Kind kind() const override { return Kind::events; }
  Taken take() override;
  int64_t interval_ms() const override { return limits_.interval_ms; }

 private:
  void add(const store::LiveEvent& event);

  store::LiveState& live_;
  const LiveEventFilter filter_;
  const LiveQueueLimits limits_;
  std::mutex mutex_;
  std::deque<store::LiveEvent> queue_;
  size_t queue_bytes_ = 0;
  uint64_t lost_ = 0;
  uint64_t subscription_ = 0;
};

}  // namespace gm::analytics_api
