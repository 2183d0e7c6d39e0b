#pragma once
// Zstandard (RFC 8878), the content coding "zstd", of whole bodies, with limits against decompression bombs: decoding
// stops at the limit.

#include <string_view>

#include "lib/codec/decompression.h"

namespace gm::codec {

// Frames, several of which are joined. A window larger than RFC 9659 allows in HTTP (8 MiB) is refused.
// Errors: gm-body-malformed (not such a stream, or cut), gm-decompression-limit.
Result<Decompressed> zstd_decompress(std::string_view bytes, const DecompressLimits& limits);

}  // namespace gm::codec
