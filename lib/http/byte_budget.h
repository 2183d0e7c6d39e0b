#pragma once
// One budget for the bytes of requests that have arrived but are not yet answered. A body's declared length is only
// compared with what is left; it is taken as the bytes arrive, so that a promise of bytes keeps nobody else out.

#include <atomic>
#include <cstddef>

namespace gm::http {

// Lock-free; safe to use from any thread.
class ByteBudget {
 public:
  explicit ByteBudget(size_t bytes_max) : bytes_max_(bytes_max) {}

  // False when `bytes` do not fit; nothing is taken then.
  bool take(size_t bytes) {
    size_t used = used_.load(std::memory_order_relaxed);
    do {
      if (bytes > bytes_max_ || used > bytes_max_ - bytes) return false;
    } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
    return true;
  }
  // Whether take() would succeed now; nothing is taken.
  bool fits(size_t bytes) const { return bytes <= bytes_max_ && used() <= bytes_max_ - bytes; }
  void give(size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }
  size_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  const size_t bytes_max_;
  std::atomic<size_t> used_{0};
};

}  // namespace gm::http
