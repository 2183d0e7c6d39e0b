#pragma once
// What a stream's feeder has sent and its connection has not yet written. Bounded: once as much as `bytes_max` waits,
// the reader is too slow and loses its stream.

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "lib/http/message.h"

namespace gm::http {

class Connection;

// Shared by the feeder's ResponseStream and the connection. Safe to use from any thread.
class StreamQueue {
 public:
  StreamQueue(std::shared_ptr<Connection> connection, size_t bytes_max)
      : connection_(std::move(connection)), bytes_max_(bytes_max) {}

  // The feeder's side.
  bool push(std::string chunk);
  bool push_when_room(std::string chunk);
  void break_off();
  // `last`: goes out after all that was taken before; nothing is taken after it.
  void finish(std::string last = {});
  bool open() const;
  size_t waiting_bytes() const;
  void on_end(std::function<void(StreamEnd)> told);

  // The connection's side: moves everything waiting to `out`; `finished` tells that the feeder has let go, `too_slow`
  // that the bound was passed and `broken` that the feeder cannot go on.
  struct Taken {
    std::string bytes;
    bool finished = false;
    bool too_slow = false;
    bool broken = false;
  };
  Taken take();
  // The feeder has let go without a word.
  bool unused() const;
  // The server stops. False when the feeder has no use for knowing it.
  bool drain();
  // The client has gone: the feeder learns it at its next send. Lets go of the connection.
  void abandon();

 private:
  void wake(std::unique_lock<std::mutex>& lock);

  mutable std::mutex mutex_;
  std::condition_variable room_;            // or nobody to have room for
  std::shared_ptr<Connection> connection_;  // empty once abandoned
  const size_t bytes_max_;
  std::string waiting_;
  bool woken_ = false;
  bool finished_ = false;
  bool too_slow_ = false;
  bool broken_ = false;
  bool draining_ = false;
  std::function<void(StreamEnd)> told_;
};

// What a StreamHandler gets; the last copy's end ends the answer.
class QueuedStream final : public ResponseStream {
 public:
  explicit QueuedStream(std::shared_ptr<StreamQueue> queue) : queue_(std::move(queue)) {}
  ~QueuedStream() override { queue_->finish(); }
  bool send(std::string chunk) override { return queue_->push(std::move(chunk)); }
  bool open() const override { return queue_->open(); }
  bool send_when_room(std::string chunk) override { return queue_->push_when_room(std::move(chunk)); }
  void break_off() override { queue_->break_off(); }
  size_t waiting_bytes() const override { return queue_->waiting_bytes(); }
  void on_end(std::function<void(StreamEnd)> told) override { queue_->on_end(std::move(told)); }

 private:
  std::shared_ptr<StreamQueue> queue_;
};

}  // namespace gm::http
