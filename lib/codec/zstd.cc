#include "lib/codec/zstd.h"

#include <zstd.h>

#include <memory>

#include "lib/codec/growing_output.h"

namespace gm::codec {
namespace {

constexpr int kWindowLogMax = 23;  // 8 MiB; also bounds what one thread keeps

struct Free {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

ZSTD_DCtx* thread_context() {
  thread_local const std::unique_ptr<ZSTD_DCtx, Free> context([] {
    ZSTD_DCtx* made = ZSTD_createDCtx();
    ZSTD_DCtx_setParameter(made, ZSTD_d_windowLogMax, kWindowLogMax);
    return made;
  }());
  ZSTD_DCtx_reset(context.get(), ZSTD_reset_session_only);
  return context.get();
}

}  // namespace

Result<Decompressed> zstd_decompress(std::string_view bytes, const DecompressLimits& limits) {
  ZSTD_DCtx* context = thread_context();
  GrowingOutput out(bytes.size(), limits);
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  while (true) {
    ZSTD_outBuffer to{out.at(), out.room(), 0};
    const size_t wanted = ZSTD_decompressStream(context, &to, &in);
    if (ZSTD_isError(wanted)) return not_the_claimed_stream();
    out.filled(to.pos);
    if (wanted == 0 && in.pos == in.size) return std::move(out).finish();
    if (out.room() == 0) {
      if (!out.grow()) return decompression_limit_reached();
    } else if (in.pos == in.size) {
      return not_the_claimed_stream();  // cut: everything was read, nothing is held back
    }
  }
}

}  // namespace gm::codec
