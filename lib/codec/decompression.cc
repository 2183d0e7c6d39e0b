#include "lib/codec/decompression.h"

#include <algorithm>

namespace gm::codec {
namespace {

constexpr size_t kSmallInput = 1024;

}  // namespace

size_t decompressed_bytes_cap(size_t input_bytes, const DecompressLimits& limits) {
  return std::min(limits.bytes_max, std::max(input_bytes, kSmallInput) * limits.ratio_max);
}

Error decompression_limit_reached() {
  return {"gm-decompression-limit",
          "the body decompresses to more than ingest.decompressed_bytes_max or ingest.decompression_ratio_max allow"};
}

Error not_the_claimed_stream() {
  return {"gm-body-malformed", "the body is not the compressed stream it claims to be"};
}

}  // namespace gm::codec
