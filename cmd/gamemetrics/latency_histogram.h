#pragma once
// Latencies in a fixed number of buckets whose bounds grow by 5 %: percentiles of any number of values within 5 %, in 2
// KiB.

#include <array>
#include <cmath>
#include <cstdint>

namespace gm::gamemetrics {

class LatencyHistogram {
 public:
  void observe(double ms) {
    const double bucket = ms <= kSmallestMs ? 0 : std::log(ms / kSmallestMs) / std::log(kGrowth);
    ++buckets_[static_cast<size_t>(std::min<double>(bucket, kBuckets - 1))];
    ++count_;
  }
  void merge(const LatencyHistogram& other) {
    for (size_t i = 0; i < kBuckets; ++i) buckets_[i] += other.buckets_[i];
    count_ += other.count_;
  }
  uint64_t count() const { return count_; }
  // The upper bound of the bucket that holds the value at `share` (0..1); 0 without values.
  double percentile_ms(double share) const {
    if (count_ == 0) return 0;
    uint64_t left = static_cast<uint64_t>(share * static_cast<double>(count_ - 1));
    for (size_t i = 0; i < kBuckets; ++i) {
      if (left < buckets_[i]) return kSmallestMs * std::pow(kGrowth, static_cast<double>(i + 1));
      left -= buckets_[i];
    }
    return kSmallestMs * std::pow(kGrowth, static_cast<double>(kBuckets));
  }

 private:
  static constexpr size_t kBuckets = 300;
  static constexpr double kSmallestMs = 0.02;
  static constexpr double kGrowth = 1.05;
  std::array<uint64_t, kBuckets> buckets_{};
  uint64_t count_ = 0;
};

}  // namespace gm::gamemetrics
