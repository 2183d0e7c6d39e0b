#pragma once
// What all decoders of compressed bodies share: limits against decompression bombs and the shape of the result.

#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace gm::codec {

struct DecompressLimits {
  size_t bytes_max = 0;  // of the result
  size_t ratio_max = 0;  // result over input; inputs below 1 KiB are exempt up to 1 KiB * ratio_max
};

// The most bytes that an input of this size may become.
size_t decompressed_bytes_cap(size_t input_bytes, const DecompressLimits& limits);

// A decompressed body; kPadding readable bytes follow view().
class Decompressed {
 public:
  static constexpr size_t kPadding = 64;  // for parsers that read past the end
  // The first `size` bytes of `bytes`.
  Decompressed(std::string bytes, size_t size) : bytes_(std::move(bytes)) { bytes_.resize(size + kPadding); }
  std::string_view view() const { return std::string_view(bytes_).substr(0, bytes_.size() - kPadding); }

 private:
  std::string bytes_;
};

// gm-decompression-limit and gm-body-malformed.
Error decompression_limit_reached();
Error not_the_claimed_stream();

}  // namespace gm::codec
