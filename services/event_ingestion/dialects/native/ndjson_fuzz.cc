#include "services/event_ingestion/decoding/dialect_fuzzing.h"
#include "services/event_ingestion/dialects/native/native_dialect.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace gm;
  static const event_ingestion::NativeDialect dialect;
  return event_ingestion::fuzz_dialect(dialect, http::Method::post, "/v1/events", data, size, false,
                                       {{"content-type", "application/x-ndjson"}});
}
