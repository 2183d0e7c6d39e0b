#include "adapters/embedded/refusals.h"

namespace gm::embedded {

Refusals::~Refusals() {
  {
    const std::lock_guard guard(mutex_);
    closing_ = true;
  }
  filled_.notify_one();
  thread_.join();
}

void Refusals::add(log::AppendDone done, Error error) {
  const std::lock_guard guard(mutex_);
  waiting_.emplace_back(std::move(done), std::move(error));
  filled_.notify_one();
}

void Refusals::run() {
  std::vector<std::pair<log::AppendDone, Error>> taken;
  std::unique_lock guard(mutex_);
  while (true) {
    filled_.wait(guard, [&] { return !waiting_.empty() || closing_; });
    if (waiting_.empty()) return;
    taken.swap(waiting_);
    guard.unlock();
    for (auto& [done, error] : taken) done(std::move(error));
    taken.clear();
    guard.lock();
  }
}

}  // namespace gm::embedded
