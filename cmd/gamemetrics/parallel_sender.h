#pragma once
// Several connections that send what one producer makes. The queue between them is bounded, so that a slow server slows
// the producer.

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cmd/gamemetrics/event_sender.h"

namespace gm::gamemetrics {

struct Parcel {
  EventSender::MakeBody make_body;
  uint32_t events = 0;
  // Called on the sending thread once the server has answered; may be empty.
  std::function<void()> delivered;
};

class ParallelSender {
 public:
  // `stopping` is asked while waiting; true ends everything soon.
  ParallelSender(const std::string& url, const std::string& key, size_t connections, const Clock& clock,
                 std::function<bool()> stopping);
  ~ParallelSender();

  // Blocks while the queue is full; false when sending has failed for good or is to stop.
  bool push(Parcel parcel);
  // The queue is full: a producer that must not wait may drop or slow down.
  bool full() const;
  // Sends the rest and ends the threads. The first error that stopped a connection, if any.
  Status finish();

  SendCounts counts() const;  // so far

 private:
  void work(EventSender& sender);
  bool pause(int64_t ms);
  std::optional<Parcel> take();

  const Clock& clock_;
  std::function<bool()> stopping_;
  size_t queue_max_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Parcel> queue_;
  bool closed_ = false;
  std::optional<Error> error_;
  SendCounts counts_;
  std::vector<std::unique_ptr<EventSender>> senders_;
  std::vector<std::thread> threads_;
};

}  // namespace gm::gamemetrics
