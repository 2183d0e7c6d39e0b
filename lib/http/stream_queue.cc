#include "lib/http/stream_queue.h"

#include "lib/http/connection.h"

namespace gm::http {

bool StreamQueue::push(std::string chunk) {
  std::unique_lock lock(mutex_);
  if (!connection_ || too_slow_) return false;
  too_slow_ = chunk.size() > bytes_max_ - waiting_.size();
  if (!too_slow_) waiting_ += chunk;
  const bool taken = !too_slow_;
  wake(lock);
  return taken;
}

void StreamQueue::finish() {
  std::unique_lock lock(mutex_);
  finished_ = true;
  wake(lock);
}

bool StreamQueue::open() const {
  const std::lock_guard lock(mutex_);
  return connection_ != nullptr && !too_slow_;
}

// Outside the lock: the loop may run flush_stream() at once, which comes back here.
void StreamQueue::wake(std::unique_lock<std::mutex>& lock) {
  if (!connection_ || woken_) return;
  woken_ = true;
  const std::shared_ptr<Connection> connection = connection_;
  lock.unlock();
  connection->wake();
}

StreamQueue::Taken StreamQueue::take() {
  const std::lock_guard lock(mutex_);
  woken_ = false;
  Taken taken{std::move(waiting_), finished_, too_slow_};
  waiting_.clear();
  return taken;
}

void StreamQueue::abandon() {
  std::shared_ptr<Connection> dropped;  // let go after the lock
  const std::lock_guard lock(mutex_);
  dropped.swap(connection_);
  waiting_.clear();
}

}  // namespace gm::http
