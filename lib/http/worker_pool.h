#pragma once
// Threads for handlers that may block, with a bounded queue in front of them.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace gm::http {

class WorkerPool {
 public:
  WorkerPool(size_t threads, size_t queue_max);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when the queue is full or the pool has stopped; the job is not run then. Jobs do not throw.
  bool submit(std::function<void()> job);
  // Drops what has not begun, waits for what has. Idempotent.
  void stop();

 private:
  void run();

  const size_t queue_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace gm::http
