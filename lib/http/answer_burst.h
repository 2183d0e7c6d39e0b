#pragma once
// For a thread that answers many requests in a row, such as the log after a group commit: as long as one of these
// lives, the network threads concerned are not woken; at its end each is, once. Otherwise the first answer would have
// a network thread push aside the one that still has the others to give.

#include <memory>
#include <vector>

namespace gm::http {

class EventLoop;

// Lives on the stack, one per thread at a time.
class AnswerBurst {
 public:
  AnswerBurst();
  ~AnswerBurst();
  AnswerBurst(const AnswerBurst&) = delete;
  AnswerBurst& operator=(const AnswerBurst&) = delete;

  // For EventLoop: true when this thread is inside a burst, at whose end `loop` will be roused.
  static bool takes_on(EventLoop& loop);

 private:
  std::vector<std::shared_ptr<EventLoop>> asleep_;
};

}  // namespace gm::http
