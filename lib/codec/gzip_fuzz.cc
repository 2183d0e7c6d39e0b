#include "lib/codec/gzip.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  constexpr gm::codec::DecompressLimits kLimits{1 << 20, 100};
  for (const bool gzip : {true, false}) {
    const auto result = gm::codec::decompress(bytes, gzip, kLimits);
    if (result.ok() && result->view().size() > kLimits.bytes_max) __builtin_trap();
  }
  return 0;
}
