#include "services/users/letters.h"

#include <algorithm>
#include <chrono>

#include "lib/telemetry/catalog_users.h"

namespace gm::users {
namespace {

constexpr int kAttemptsMax = 3;
constexpr int64_t kRetryAfterNs = 5'000'000'000;  // times the attempts so far
constexpr auto kLookEvery = std::chrono::milliseconds(200);

}  // namespace

Letters::Letters(Dependencies dependencies, int64_t waiting_max)
    : d_(std::move(dependencies)), waiting_max_(static_cast<size_t>(waiting_max)) {
  if (sends()) sender_ = std::thread([this] { run(); });
}

void Letters::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wakeup_.notify_all();
  if (sender_.joinable()) sender_.join();
}

void Letters::count(const Waiting& one, std::string_view outcome) {
  d_.telemetry.counter(telemetry::kUsersLetters, {one.kind, outcome}).add();
}

bool Letters::post(std::string_view kind, Write write) {
  if (!sends()) return false;
  Waiting one{kind, std::move(write), {}, 0, 0};
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < waiting_max_) {
      waiting_.push_back(std::move(one));
      wakeup_.notify_one();
      return true;
    }
  }
  count(one, "dropped");
  return false;
}

std::optional<Letters::Waiting> Letters::next() {
  std::unique_lock lock(mutex_);
  if (waiting_.empty()) wakeup_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
  const int64_t now = d_.clock.monotonic_ns();
  const auto due = std::ranges::find_if(waiting_, [&](const Waiting& one) { return one.due_ns <= now; });
  if (stopped_) return std::nullopt;
  if (due == waiting_.end()) {
    wakeup_.wait_for(lock, kLookEvery);
    return std::nullopt;
  }
  std::optional<Waiting> taken(std::move(*due));
  waiting_.erase(due);
  return taken;
}

void Letters::run() {
  for (;;) {
    if (auto one = next()) handle(std::move(*one));
    const std::lock_guard lock(mutex_);
    if (stopped_) return;
  }
}

// What went wrong is logged, and nothing of the letter: neither its text nor whom it is to.
void Letters::handle(Waiting one) {
  if (!one.letter) {
    auto written = one.write();
    if (!written) {
      count(one, "failed");
      d_.logger.warn("a letter could not be written",
                     {{"kind", one.kind}, {"code", written.error().code}, {"error", written.error().message}});
      return;
    }
    if (!*written) return count(one, "nobody");
    one.letter = std::move(**written);
  }
  const auto sent = d_.outbox->send(*one.letter);
  if (sent) return count(one, "sent");
  const bool again = sent.error().code != "gm-mail-address" && ++one.attempts < kAttemptsMax;
  d_.logger.warn(again ? "a letter could not be sent; it is tried again" : "a letter could not be sent",
                 {{"kind", one.kind}, {"code", sent.error().code}, {"error", sent.error().message}});
  if (!again) return count(one, "failed");
  one.due_ns = d_.clock.monotonic_ns() + one.attempts * kRetryAfterNs;
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(one));
}

}  // namespace gm::users
