#include "services/event_ingestion/decoding/dialect_fuzzing.h"
#include "services/event_ingestion/dialects/countly/countly_dialect.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace gm;
  static const event_ingestion::CountlyDialect dialect;
  if (size > 0 && data[0] == 'r')
    return event_ingestion::fuzz_dialect(dialect, http::Method::post, "/i/bulk", data, size);
  return event_ingestion::fuzz_dialect(dialect, http::Method::post, "/i", data, size, true);
}
