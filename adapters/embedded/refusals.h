#pragma once
// Answers appends that are refused on arrival. append() itself must not call back, and the committer may be waiting for
// a slow disk.

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "lib/log/event_log.h"

namespace gm::embedded {

class Refusals {
 public:
  Refusals() : thread_([this] { run(); }) {}
  // Answers what is left first.
  ~Refusals();

  void add(log::AppendDone done, Error error);

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable filled_;
  std::vector<std::pair<log::AppendDone, Error>> waiting_;
  bool closing_ = false;
  std::thread thread_;  // last: it uses the members above
};

}  // namespace gm::embedded
