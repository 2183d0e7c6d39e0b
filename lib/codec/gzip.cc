#include "lib/codec/gzip.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace gm::codec {
namespace {

constexpr size_t kFirstGuessMin = 4096;
constexpr size_t kGzipTrailerSize = 4;  // the uncompressed size, modulo 2^32

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
};
struct FreeCompressor {
  void operator()(libdeflate_compressor* c) const { libdeflate_free_compressor(c); }
};

libdeflate_decompressor* thread_decompressor() {
  thread_local const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(
      libdeflate_alloc_decompressor());
  return decompressor.get();
}

// What the last member claims; only a hint, and only within the limit.
size_t claimed_size(std::string_view bytes) {
  uint32_t size = 0;
  if (bytes.size() >= kGzipTrailerSize) {
    std::memcpy(&size, bytes.data() + bytes.size() - kGzipTrailerSize, sizeof size);
  }
  return size;
}

enum class Format : uint8_t { gzip, zlib, raw };

// One step at the front of `in`: how much was read and written.
libdeflate_result step(Format format, std::string_view in, char* out, size_t room, size_t& read, size_t& written) {
  const auto decode = format == Format::gzip   ? libdeflate_gzip_decompress_ex
                      : format == Format::zlib ? libdeflate_zlib_decompress_ex
                                               : libdeflate_deflate_decompress_ex;
  return decode(thread_decompressor(), in.data(), in.size(), out, room, &read, &written);
}

// RFC 1950: method 8 in the low half of the first byte, and both bytes together a multiple of 31.
bool looks_like_zlib(std::string_view bytes) {
  if (bytes.size() < 2 || (bytes[0] & 0x0F) != 8) return false;
  return (static_cast<uint8_t>(bytes[0]) * 256u + static_cast<uint8_t>(bytes[1])) % 31 == 0;
}

Result<Decompressed> decompress_as(Format format, std::string_view bytes, const DecompressLimits& limits) {
  const size_t cap = decompressed_bytes_cap(bytes.size(), limits);
  std::string out;
  const size_t guess = format == Format::gzip ? claimed_size(bytes) : bytes.size() * 4;
  out.resize(std::clamp(guess, std::min(kFirstGuessMin, cap), cap));
  size_t used = 0;
  while (!bytes.empty()) {
    size_t read = 0;
    size_t written = 0;
    const auto outcome = step(format, bytes, out.data() + used, out.size() - used, read, written);
    if (outcome == LIBDEFLATE_INSUFFICIENT_SPACE) {
      if (out.size() >= cap) return decompression_limit_reached();
      out.resize(std::min(cap, out.size() * 2));
      continue;
    }
    if (outcome != LIBDEFLATE_SUCCESS || read == 0) return not_the_claimed_stream();
    used += written;
    bytes.remove_prefix(read);
    if (format != Format::gzip && !bytes.empty()) return not_the_claimed_stream();
  }
  return Decompressed(std::move(out), used);
}

}  // namespace

bool looks_like_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b\x08"); }

Result<Decompressed> decompress(std::string_view bytes, bool gzip, const DecompressLimits& limits) {
  if (gzip) return decompress_as(Format::gzip, bytes, limits);
  if (!looks_like_zlib(bytes)) return decompress_as(Format::raw, bytes, limits);
  auto result = decompress_as(Format::zlib, bytes, limits);
  // Raw deflate may begin with the same two bytes by chance.
  if (result || result.error().code != "gm-body-malformed") return result;
  auto raw = decompress_as(Format::raw, bytes, limits);
  return raw ? std::move(raw) : std::move(result);
}

std::string gzip_compress(std::string_view bytes, int level) {
  const std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor(libdeflate_alloc_compressor(level));
  std::string out(libdeflate_gzip_compress_bound(compressor.get(), bytes.size()), '\0');
  out.resize(libdeflate_gzip_compress(compressor.get(), bytes.data(), bytes.size(), out.data(), out.size()));
  return out;
}

std::string zlib_compress(std::string_view bytes, int level) {
  const std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor(libdeflate_alloc_compressor(level));
  std::string out(libdeflate_zlib_compress_bound(compressor.get(), bytes.size()), '\0');
  out.resize(libdeflate_zlib_compress(compressor.get(), bytes.data(), bytes.size(), out.data(), out.size()));
  return out;
}

uint32_t crc32(std::string_view bytes) { return libdeflate_crc32(0, bytes.data(), bytes.size()); }

}  // namespace gm::codec
