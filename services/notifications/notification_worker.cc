#include "services/notifications/notification_worker.h"

#include <chrono>

namespace gm::notifications {
namespace {

// How late a message may be that waits for its next attempt.
constexpr int64_t kSendEveryMs = 1000;
constexpr int64_t kForgetEveryMs = kMsPerHour;

}  // namespace

NotificationWorker::NotificationWorker(Evaluator::Dependencies rules, Outbox::Dependencies messages,
                                       const NotificationSettings& settings)
    : settings_(settings),
      clock_(rules.clock),
      store_(rules.store),
      evaluator_(std::move(rules), settings),
      outbox_(std::move(messages)) {}

NotificationWorker::~NotificationWorker() { stop(); }

void NotificationWorker::start() {
  threads_.emplace_back([this] { watch(); });
  for (size_t i = 0; i < settings_.senders; ++i) threads_.emplace_back([this] { send(); });
}

void NotificationWorker::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void NotificationWorker::wake() {
  {
    const std::lock_guard lock(mutex_);
    ++wakes_;
  }
  changed_.notify_all();
}

// False: stop. `seen`: the wakes that the thread knows of.
bool NotificationWorker::pause(int64_t ms, uint64_t& seen) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::milliseconds(ms), [&] { return stopping_ || wakes_ != seen; });
  seen = wakes_;
  return !stopping_;
}

void NotificationWorker::watch() {
  uint64_t seen = 0;
  int64_t forgot_ms = 0;
  do {
    if (evaluator_.look(stopping_)) wake();
    outbox_.tell_metrics();
    const int64_t now_ms = clock_.now_ms();
    if (now_ms - forgot_ms < kForgetEveryMs && now_ms >= forgot_ms) continue;
    forgot_ms = now_ms;
    (void)store_.forget(now_ms - settings_.keep_ms);  // what stays is forgotten an hour later
  } while (pause(settings_.interval_ms, seen));
}

void NotificationWorker::send() {
  uint64_t seen = 0;
  do {
    while (!stopping_ && outbox_.send_next()) {
    }
  } while (pause(kSendEveryMs, seen));
}

}  // namespace gm::notifications
