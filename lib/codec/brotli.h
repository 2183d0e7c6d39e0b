#pragma once
// brotli (RFC 7932), the content coding "br", of whole bodies, with limits against decompression bombs: decoding stops
// at the limit.

#include <string_view>

#include "lib/codec/decompression.h"

namespace gm::codec {

// One stream; nothing may follow it.
// Errors: gm-body-malformed (not such a stream, or cut), gm-decompression-limit.
Result<Decompressed> brotli_decompress(std::string_view bytes, const DecompressLimits& limits);

}  // namespace gm::codec
