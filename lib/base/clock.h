#pragma once
// The only source of time. Nothing above lib/base and lib/io reads the system clock itself, so that tests and the
// simulator own time.

#include <atomic>
#include <cstdint>

namespace gm {

class Clock {
 public:
  virtual ~Clock() = default;
  // Milliseconds since 1970-01-01T00:00:00Z; may jump.
  virtual int64_t now_ms() const = 0;
  // Nanoseconds on a clock that never goes back; only differences mean anything.
  virtual int64_t monotonic_ns() const = 0;
};

class SystemClock final : public Clock {
 public:
  int64_t now_ms() const override;
  int64_t monotonic_ns() const override;
};

// Stands still until told to move. Safe to read from several threads.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(int64_t now_ms) : now_ms_(now_ms) {}
  int64_t now_ms() const override { return now_ms_.load(); }
  int64_t monotonic_ns() const override { return monotonic_ns_.load(); }
  void advance_ms(int64_t ms) {
    now_ms_ += ms;
    monotonic_ns_ += ms * 1'000'000;
  }
  // Moves the wall clock only, as an operator or NTP would.
  void jump_to_ms(int64_t now_ms) { now_ms_ = now_ms; }

 private:
  std::atomic<int64_t> now_ms_;
  std::atomic<int64_t> monotonic_ns_{0};
};

}  // namespace gm
