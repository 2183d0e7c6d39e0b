#include "lib/codec/gzip.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace gm::codec {
namespace {

constexpr size_t kFirstGuessMin = 4096;
constexpr size_t kSmallInput = 1024;
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

// One step at the front of `in`: how much was read and written.
libdeflate_result step(bool gzip, std::string_view in, char* out, size_t room, size_t& read, size_t& written) {
  return gzip ? libdeflate_gzip_decompress_ex(thread_decompressor(), in.data(), in.size(), out, room, &read, &written)
              : libdeflate_zlib_decompress_ex(thread_decompressor(), in.data(), in.size(), out, room, &read, &written);
}

Error malformed() { return {"gm-body-malformed", "the body is not the compressed stream it claims to be"}; }

}  // namespace

bool looks_like_gzip(std::string_view bytes) { return bytes.starts_with("\x1f\x8b\x08"); }

Result<Decompressed> decompress(std::string_view bytes, bool gzip, const DecompressLimits& limits) {
  const size_t by_ratio = std::max(bytes.size(), kSmallInput) * limits.ratio_max;
  const size_t cap = std::min(limits.bytes_max, by_ratio);
  const Error too_large{
      "gm-decompression-limit",
      "the body decompresses to more than ingest.decompressed_bytes_max or ingest.decompression_ratio_max allow"};
  Decompressed result;
  std::string& out = result.bytes_;
  size_t guess = gzip ? claimed_size(bytes) : bytes.size() * 4;
  out.resize(std::clamp(guess, std::min(kFirstGuessMin, cap), cap));
  size_t used = 0;
  while (!bytes.empty()) {
    size_t read = 0;
    size_t written = 0;
    const auto outcome = step(gzip, bytes, out.data() + used, out.size() - used, read, written);
    if (outcome == LIBDEFLATE_INSUFFICIENT_SPACE) {
      if (out.size() >= cap) return too_large;
      out.resize(std::min(cap, out.size() * 2));
      continue;
    }
    if (outcome != LIBDEFLATE_SUCCESS || read == 0) return malformed();
    used += written;
    bytes.remove_prefix(read);
    if (!gzip && !bytes.empty()) return malformed();
  }
  out.resize(used + Decompressed::kPadding);
  return result;
}

std::string gzip_compress(std::string_view bytes, int level) {
  const std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor(libdeflate_alloc_compressor(level));
  std::string out(libdeflate_gzip_compress_bound(compressor.get(), bytes.size()), '\0');
  out.resize(libdeflate_gzip_compress(compressor.get(), bytes.data(), bytes.size(), out.data(), out.size()));
  return out;
}

}  // namespace gm::codec
