#include "lib/codec/zstd.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  constexpr gm::codec::DecompressLimits kLimits{1 << 20, 100};
  const auto result = gm::codec::zstd_decompress(bytes, kLimits);
  if (result.ok() && result->view().size() > gm::codec::decompressed_bytes_cap(size, kLimits)) __builtin_trap();
  return 0;
}
