#pragma once
// A mail server that keeps what it is given, or refuses it.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "lib/identity/outbox.h"

namespace gm::users {

class FakeOutbox final : public identity::Outbox {
 public:
  Status send(const identity::Letter& letter) override {
    const std::lock_guard lock(mutex_);
    ++attempts_;
    changed_.notify_all();
    if (!refusal_.empty()) return Error{refusal_, "refused"};
    letters_.push_back(letter);
    return {};
  }
  // Empty: takes letters again.
  void refuse(std::string code) {
    const std::lock_guard lock(mutex_);
    refusal_ = std::move(code);
  }
  // Of those that were sent, once there are `count`; fewer after ten seconds.
  std::vector<identity::Letter> wait_for(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10), [&] { return letters_.size() >= count; });
    return letters_;
  }
  int wait_for_attempts(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10), [&] { return attempts_ >= count; });
    return attempts_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<identity::Letter> letters_;
  std::string refusal_;
  int attempts_ = 0;
};

}  // namespace gm::users
