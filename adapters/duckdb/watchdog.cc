#include "adapters/duckdb/watchdog.h"

#include <algorithm>
#include <chrono>

namespace gm::duckdb {
namespace {

constexpr int64_t kIdleSleepMs = 60'000;
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

uint64_t Watchdog::arm(Connection& connection, int64_t timeout_ms) {
  const std::lock_guard lock(mutex_);
  const uint64_t ticket = next_ticket_++;
  watches_[ticket] = {&connection, clock_.monotonic_ns() + timeout_ms * kNsPerMs, false};
  changed_.notify_all();
  return ticket;
}

bool Watchdog::disarm(uint64_t ticket) {
  const std::lock_guard lock(mutex_);
  const auto watch = watches_.find(ticket);
  const bool fired = watch->second.fired;
  watches_.erase(watch);
  return fired;
}

void Watchdog::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const int64_t sleep_ms = fire_overdue();
    changed_.wait_for(lock, std::chrono::milliseconds(sleep_ms));
  }
}

int64_t Watchdog::fire_overdue() {
  const int64_t now = clock_.monotonic_ns();
  int64_t sleep_ms = kIdleSleepMs;
  for (auto& [ticket, watch] : watches_) {
    if (watch.fired) continue;
    if (watch.deadline_ns <= now) {
      duckdb_interrupt(watch.connection->handle());
      watch.fired = true;
    } else {
      sleep_ms = std::min(sleep_ms, (watch.deadline_ns - now) / kNsPerMs + 1);
    }
  }
  return sleep_ms;
}

}  // namespace gm::duckdb
