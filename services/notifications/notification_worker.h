#pragma once
// Looks at the rules and sends the messages, on threads of its own.

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "services/notifications/evaluator.h"
#include "services/notifications/outbox.h"

namespace gm::notifications {

class NotificationWorker {
 public:
  NotificationWorker(Evaluator::Dependencies rules, Outbox::Dependencies messages,
                     const NotificationSettings& settings);
  ~NotificationWorker();  // stops

  void start();
  // Waits for what is being sent, at most notifications.timeout.
  void stop();
  // There is a new message, or a rule has changed.
  void wake();

 private:
  void watch();
  void send();
  bool pause(int64_t ms, uint64_t& seen);

  const NotificationSettings settings_;
  const Clock& clock_;
  store::NotificationStore& store_;
  Evaluator evaluator_;
  Outbox outbox_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> stopping_ = false;
  uint64_t wakes_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace gm::notifications
