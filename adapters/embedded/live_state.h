#pragma once
// What is happening now, in this process: the last events, counts per minute, players online. Memory is bounded: by the
// length of the feed, the size of one event's properties, and the number of players counted per project.

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "lib/base/clock.h"
#include "lib/config/settings.h"
#include "lib/store/erasable_store.h"
#include "lib/store/live_state.h"
#include "lib/telemetry/metrics.h"

namespace gm::embedded {

struct LiveSettings {
  size_t players_max = 1'000'000;
  size_t properties_bytes_max = 16 << 10;
  static LiveSettings from(const config::Settings& settings);
};

class EmbeddedLiveState final : public store::LiveState, public store::ErasableLive {
 public:
  // `clock` and `telemetry` outlive this.
  EmbeddedLiveState(LiveSettings settings, const Clock& clock, telemetry::Registry& telemetry);
  ~EmbeddedLiveState() override;

  void publish(ProjectId project, const std::vector<store::LiveEvent>& events) override;
  store::LiveSnapshot snapshot(ProjectId project, int64_t now_ms) override;
  // A listener must not call subscribe() or unsubscribe().
  uint64_t subscribe(ProjectId project, Listener listener) override;
  void unsubscribe(uint64_t subscription) override;
  size_t forget(ProjectId project, const std::vector<std::string>& players) override;

 private:
  class ProjectState;
  struct Subscription {
    ProjectId project;
    Listener listener;
  };
  std::shared_ptr<ProjectState> state_of(ProjectId project);
  void tell_listeners(ProjectId project, const std::vector<const store::LiveEvent*>& events);

  const LiveSettings settings_;
  const Clock& clock_;
  telemetry::Counter& dropped_old_;
  telemetry::Counter& dropped_players_;
  telemetry::Counter& dropped_properties_;

  std::mutex projects_mutex_;
  std::unordered_map<ProjectId, std::shared_ptr<ProjectState>> projects_;

  // Held while listeners run, which is what makes unsubscribe() wait for them.
  std::mutex listeners_mutex_;
  std::map<uint64_t, Subscription> subscriptions_;
  uint64_t last_subscription_ = 0;
};

}  // namespace gm::embedded
