#pragma once
// The output of a streaming decoder: grows as it is filled, up to one byte more than it may hold, which tells a result
// that just fits from one that does not.

#include <algorithm>
#include <string>

#include "lib/codec/decompression.h"

namespace gm::codec {

class GrowingOutput {
 public:
  GrowingOutput(size_t input_bytes, const DecompressLimits& limits)
      : cap_(decompressed_bytes_cap(input_bytes, limits)) {
    bytes_.resize(std::min(cap_ + 1, std::max(kFirstMin, input_bytes * 4)));
  }

  char* at() { return bytes_.data() + used_; }
  size_t room() const { return bytes_.size() - used_; }
  void filled(size_t count) { used_ += count; }
  // Makes more room; false when there is more output already than there may be.
  bool grow() {
    if (bytes_.size() > cap_) return false;
    bytes_.resize(std::min(cap_ + 1, bytes_.size() * 2));
    return true;
  }
  Result<Decompressed> finish() && {
    if (used_ > cap_) return decompression_limit_reached();
    return Decompressed(std::move(bytes_), used_);
  }

 private:
  static constexpr size_t kFirstMin = 4096;
  const size_t cap_;
  std::string bytes_;
  size_t used_ = 0;
};

}  // namespace gm::codec
