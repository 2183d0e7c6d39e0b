#include "adapters/duckdb/watchdog.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace gm::duckdb {
namespace {

constexpr int64_t kIdleSleepMs = 60'000;
constexpr int64_t kAgainMs = 20;
constexpr int64_t kNsPerMs = 1'000'000;

}  // namespace

Watchdog::Watchdog() : thread_([this] { run(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

uint64_t Watchdog::arm(Connection& connection, int64_t timeout_ms, std::stop_token stop) {
  const std::lock_guard lock(mutex_);
  const uint64_t ticket = next_ticket_++;
  watches_[ticket] = {&connection, std::move(stop), clock_.monotonic_ns() + timeout_ms * kNsPerMs, false};
  looking_ = true;
  changed_.notify_all();
  return ticket;
}

bool Watchdog::fired(uint64_t ticket) {
  const std::lock_guard lock(mutex_);
  return watches_.at(ticket).fired;
}

void Watchdog::disarm(uint64_t ticket) {
  const std::lock_guard lock(mutex_);
  watches_.erase(ticket);
}

void Watchdog::look() {
  const std::lock_guard lock(mutex_);
  looking_ = true;
  changed_.notify_all();
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    looking_ = false;
    const int64_t sleep_ms = fire_due();
    changed_.wait_for(lock, std::chrono::milliseconds(sleep_ms), [this] { return looking_ || stopping_; });
  }
}

int64_t Watchdog::fire_due() {
  const int64_t now = clock_.monotonic_ns();
  int64_t sleep_ms = kIdleSleepMs;
  for (auto& [ticket, watch] : watches_) {
    if (watch.deadline_ns <= now || watch.stop.stop_requested()) {
      duckdb_interrupt(watch.connection->handle());
      watch.fired = true;
      sleep_ms = std::min(sleep_ms, kAgainMs);
    } else {
      sleep_ms = std::min(sleep_ms, (watch.deadline_ns - now) / kNsPerMs + 1);
    }
  }
  return sleep_ms;
}

}  // namespace gm::duckdb
