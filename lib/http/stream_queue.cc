#include "lib/http/stream_queue.h"

#include "lib/http/connection.h"

namespace gm::http {

bool StreamQueue::push(std::string chunk) {
  std::unique_lock lock(mutex_);
  if (!connection_ || too_slow_ || finished_ || broken_) return false;
  // Asked before, so that a feeder that waits for an empty queue may send a chunk of any length.
  too_slow_ = waiting_.size() >= bytes_max_;
  if (!too_slow_) waiting_ += chunk;
  const bool taken = !too_slow_;
  wake(lock);
  return taken;
}

bool StreamQueue::push_when_room(std::string chunk) {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [this] { return !connection_ || broken_ || waiting_.size() < bytes_max_; });
  if (!connection_ || finished_ || broken_) return false;
  waiting_ += chunk;
  wake(lock);
  return true;
}

void StreamQueue::break_off() {
  std::unique_lock lock(mutex_);
  broken_ = true;
  waiting_.clear();
  room_.notify_all();
  wake(lock);
}

void StreamQueue::finish(std::string last) {
  std::function<void(StreamEnd)> forgotten;  // let go after the lock
  std::unique_lock lock(mutex_);
  if (!finished_ && connection_) waiting_ += last;
  finished_ = true;
  forgotten.swap(told_);
  wake(lock);
}

bool StreamQueue::open() const {
  const std::lock_guard lock(mutex_);
  return connection_ != nullptr && !too_slow_ && !finished_ && !broken_;
}

size_t StreamQueue::waiting_bytes() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

void StreamQueue::on_end(std::function<void(StreamEnd)> told) {
  std::unique_lock lock(mutex_);
  const bool gone = !connection_;
  if (!gone && !draining_) {
    told_ = std::move(told);
    return;
  }
  lock.unlock();
  told(gone ? StreamEnd::client_gone : StreamEnd::server_stops);
}

bool StreamQueue::unused() const {
  const std::lock_guard lock(mutex_);
  return finished_ && !too_slow_ && !broken_ && waiting_.empty();
}

bool StreamQueue::drain() {
  std::function<void(StreamEnd)> told;
  {
    const std::lock_guard lock(mutex_);
    if (!told_) return draining_ || finished_;
    draining_ = true;
    told.swap(told_);
  }
  told(StreamEnd::server_stops);
  return true;
}

// Outside the lock: the loop may run flush() at once, which comes back here.
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
  Taken taken{std::move(waiting_), finished_, too_slow_, broken_};
  waiting_.clear();
  room_.notify_all();
  return taken;
}

void StreamQueue::abandon() {
  std::shared_ptr<Connection> dropped;  // let go after the lock
  std::function<void(StreamEnd)> told;
  {
    const std::lock_guard lock(mutex_);
    dropped.swap(connection_);
    told.swap(told_);
    waiting_.clear();
    room_.notify_all();
  }
  if (told) told(StreamEnd::client_gone);
}

}  // namespace gm::http
