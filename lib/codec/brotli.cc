#include "lib/codec/brotli.h"

#include <brotli/decode.h>

#include <cstdint>
#include <memory>

#include "lib/codec/growing_output.h"

namespace gm::codec {
namespace {

struct Destroy {
  void operator()(BrotliDecoderState* state) const { BrotliDecoderDestroyInstance(state); }
};

}  // namespace

Result<Decompressed> brotli_decompress(std::string_view bytes, const DecompressLimits& limits) {
  // A state is of one stream: the library cannot begin another with it.
  const std::unique_ptr<BrotliDecoderState, Destroy> state(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr));
  GrowingOutput out(bytes.size(), limits);
  const auto* in = reinterpret_cast<const uint8_t*>(bytes.data());
  size_t in_left = bytes.size();
  while (true) {
    auto* at = reinterpret_cast<uint8_t*>(out.at());
    size_t room = out.room();
    const auto outcome = BrotliDecoderDecompressStream(state.get(), &in_left, &in, &room, &at, nullptr);
    out.filled(out.room() - room);
    if (outcome == BROTLI_DECODER_RESULT_SUCCESS) {
      if (in_left > 0) return not_the_claimed_stream();
      return std::move(out).finish();
    }
    if (outcome != BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT) return not_the_claimed_stream();
    if (!out.grow()) return decompression_limit_reached();
  }
}

}  // namespace gm::codec
