#pragma once
// On whose behalf a thread asks the store, as far as the store has to know: until when the answer is wanted.

#include <stop_token>

namespace gm::store {

// While it lives, what this thread asks of a store ends with gm-query-cancelled soon after stop is requested. Of the
// thread and not a parameter of every question: between who asks and the statement lie all kinds of questions, and a
// kind that forgot to hand it on could not be cancelled.
class StoppedBy {
 public:
  explicit StoppedBy(std::stop_token token);
  ~StoppedBy();
  StoppedBy(const StoppedBy&) = delete;
  StoppedBy& operator=(const StoppedBy&) = delete;

  // Of the calling thread; never stops when nobody has said by what.
  static std::stop_token current();

 private:
  std::stop_token before_;
};

}  // namespace gm::store
