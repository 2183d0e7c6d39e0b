#pragma once
// gzip, zlib and raw deflate of whole bodies, with limits against decompression bombs.

#include <cstdint>
#include <string>
#include <string_view>

#include "lib/codec/decompression.h"

namespace gm::codec {

// True for the first bytes of a gzip stream.
bool looks_like_gzip(std::string_view bytes);

// `gzip`: gzip members (several are joined), else HTTP's "deflate": one zlib stream, or one of raw deflate, which is
// what some clients have always sent under that name. Errors: gm-body-malformed (not such a stream),
// gm-decompression-limit.
Result<Decompressed> decompress(std::string_view bytes, bool gzip, const DecompressLimits& limits);

// One gzip member, level 1..12.
std::string gzip_compress(std::string_view bytes, int level);
// The same as a zlib stream, which PNG files are made of.
std::string zlib_compress(std::string_view bytes, int level);
// CRC-32 of ISO 3309, as gzip and PNG have it.
uint32_t crc32(std::string_view bytes);

}  // namespace gm::codec
