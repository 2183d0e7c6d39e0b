#include "services/event_ingestion/decoding/dialect_fuzzing.h"
#include "services/event_ingestion/dialects/segment/segment_dialect.h"

// The first byte chooses among a batch, one message and a pixel's query.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace gm;
  static const event_ingestion::SegmentDialect dialect;
  if (size == 0) return 0;
  switch (data[0] % 3) {
    case 0:
      return event_ingestion::fuzz_dialect(dialect, http::Method::get, "/v1/pixel/track", data + 1, size - 1, true);
    case 1:
      return event_ingestion::fuzz_dialect(dialect, http::Method::post, "/v1/identify", data + 1, size - 1);
    default:
      return event_ingestion::fuzz_dialect(dialect, http::Method::post, "/v1/batch", data + 1, size - 1);
  }
}
