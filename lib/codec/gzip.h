#pragma once
// gzip and zlib of whole bodies, with limits against decompression bombs.

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/base/result.h"

namespace gm::codec {

struct DecompressLimits {
  size_t bytes_max = 0;  // of the result
  size_t ratio_max = 0;  // result over input; inputs below 1 KiB are exempt up to 1 KiB * ratio_max
};

// True for the first bytes of a gzip stream.
bool looks_like_gzip(std::string_view bytes);

// A decompressed body; kPadding readable bytes follow view().
class Decompressed {
 public:
  static constexpr size_t kPadding = 64;  // for parsers that read past the end
  std::string_view view() const { return std::string_view(bytes_).substr(0, bytes_.size() - kPadding); }

 private:
  friend Result<Decompressed> decompress(std::string_view, bool, const DecompressLimits&);
  std::string bytes_;
};

// `gzip`: gzip members (several are joined), else one zlib stream ("deflate" of HTTP).
// Errors: gm-body-malformed (not such a stream), gm-decompression-limit.
Result<Decompressed> decompress(std::string_view bytes, bool gzip, const DecompressLimits& limits);

// One gzip member, level 1..12.
std::string gzip_compress(std::string_view bytes, int level);

}  // namespace gm::codec
