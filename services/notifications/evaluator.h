#pragma once
// Private to this folder: looks at the rules whose time has come. One thread.

#include <atomic>
#include <cstdint>
#include <map>
#include <string>

#include "lib/base/clock.h"
#include "lib/base/random.h"
#include "lib/store/notification_store.h"
#include "lib/telemetry/logger.h"
#include "lib/telemetry/metrics.h"
#include "services/notifications/metric_reader.h"
#include "services/notifications/notification_settings.h"

namespace gm::notifications {

class Evaluator {
 public:
  // All of these outlive it.
  struct Dependencies {
    store::NotificationStore& store;
    const MetricReader& reader;
    const Clock& clock;
    Random& random;
    telemetry::Registry& metrics;
    telemetry::Logger logger;
  };
  Evaluator(Dependencies dependencies, const NotificationSettings& settings);

  // Ends between two rules when it is `stopping`. True: there are new messages to send.
  bool look(const std::atomic<bool>& stopping);

 private:
  bool look_at(const store::WatchedRule& watched, int64_t now_ms);
  struct Step {
    store::RuleStep change;
    bool again_soon = false;
  };
  Step judged_step(const store::WatchedRule& watched, int64_t now_ms);
  // A rule that was looked at, as it was then.
  struct Looked {
    std::string definition;
    bool enabled = true;
    int64_t at_ms = 0;
    bool again_soon = false;
  };
  bool due(const store::WatchedRule& watched, int64_t now_ms) const;
  void tell_metrics(const std::vector<store::WatchedRule>& rules);

  const Dependencies d_;
  const NotificationSettings settings_;
  std::map<std::string, Looked> looked_;
};

}  // namespace gm::notifications
