#pragma once
// The only source of randomness.

#include <cstddef>
#include <cstdint>
#include <span>

namespace gm {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> out) = 0;
  // Uniform over all 64-bit values.
  uint64_t next_u64();
};

// Cryptographically strong, from the kernel. Safe to use from several threads.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::byte> out) override;
};

// SplitMix64 (Steele, Lea, Flood 2014): the same seed gives the same stream. Not for secrets, not shared between
// threads.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(uint64_t seed) : state_(seed) {}
  void fill(std::span<std::byte> out) override;
  uint64_t next();
  // Uniform in [0, 1).
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  // Uniform in [0, bound); bound > 0.
  uint64_t below(uint64_t bound) { return next() % bound; }

 private:
  uint64_t state_;
};

}  // namespace gm
